"""Checks of `grpo_loss`."""

import torch
from alignment_oracles import FP32, clip_mistakes, clipped, expect_graph, expect_no_gradient, ppo_case, with_gradients

from autograder.checks import exercise, expect_close


def grpo_mistakes(logp, logp_old, advantages, mask, clip):
    """What known mistakes give."""
    full = advantages[:, None].expand_as(logp)
    rows, last = torch.arange(len(mask)), (torch.arange(mask.shape[1]) * mask).amax(dim=1)
    only_last = torch.zeros_like(logp)
    only_last[rows, last] = advantages
    whitened = ((advantages - advantages.mean()) / advantages.std())[:, None].expand_as(logp)
    return {
        **clip_mistakes(logp, logp_old, full, mask, clip),
        "Only the last token of a response gets its advantage; all of them do.": clip_mistakes_right(
            logp, logp_old, only_last, mask, clip
        ),
        "The advantages are standardised once more.": clip_mistakes_right(logp, logp_old, whitened, mask, clip),
        "The advantage is shared out among the tokens; each gets all of it.": clip_mistakes_right(
            logp, logp_old, full / mask.sum(dim=1, keepdim=True).clamp(min=1), mask, clip
        ),
    }


def clip_mistakes_right(logp, logp_old, advantages, mask, clip):
    """The right clipped loss for these advantages."""
    return -(clipped((logp - logp_old).exp(), advantages, clip) * mask).sum() / mask.sum()


@exercise("grpo_loss")
def test_the_docstrings_grpo(student):
    zeros, advantages, mask = torch.zeros(2, 3), torch.tensor([1.0, -1.0]), torch.tensor([[1, 1, 1], [1, 0, 0]])
    expect_close(
        student.grpo_loss(zeros, zeros.clone(), advantages, mask, 0.2),
        torch.tensor(-0.5),
        what="The docstring's loss",
        mistakes=grpo_mistakes(zeros, zeros, advantages, mask, 0.2),
        **FP32,
    )


@exercise("grpo_loss")
def test_grpo_of_a_batch(student, rng):
    logp, logp_old, _, mask, clip = ppo_case(rng)
    advantages = torch.tensor([1.1, -0.7, 0.4])[torch.randperm(3, generator=rng)]
    case = (logp, logp_old, advantages, mask, clip)
    seen = student.run(with_gradients, "grpo_loss", list(case), [0, 2], torch.tensor(1.0))
    full = advantages[:, None].expand_as(logp)
    expect_close(
        seen["value"],
        clip_mistakes_right(logp, logp_old, full, mask, clip),
        what="The loss",
        mistakes=grpo_mistakes(*case),
        advice="Every token of a response has the response's advantage; every token of the batch counts the same.",
        **FP32,
    )
    expect_graph(seen)
    expect_no_gradient(seen["gradients"][1], "A gradient flows into the advantages, which are data.")
    ratio = (logp - logp_old).exp()
    flat = ((full > 0) & (ratio > 1 + clip)) | ((full < 0) & (ratio < 1 - clip))
    expect_close(
        seen["gradients"][0],
        -full * ratio * mask * ~flat / mask.sum(),
        what="The gradient in the log-probabilities",
        **FP32,
    )
