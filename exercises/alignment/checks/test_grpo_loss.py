"""Checks of `grpo_loss`."""

import torch
from alignment_oracles import (
    CLIP_MISTAKES,
    TOL_FP32,
    Clip,
    clip_case,
    clip_slope,
    clipped_loss,
    expect_dtype_kept,
    expect_graph,
    expect_masked_out,
    expect_no_gradient,
    last_index,
    told_apart,
    with_gradients,
)
from torch.nn import functional as F

from autograder.checks import exercise, expect_close

# Sentence → the part of `clipped_loss` that is another one. In each row of `case.advantages` all tokens have the same.
GRPO_MISTAKES = {
    **CLIP_MISTAKES,
    "Only the last token of a response gets its advantage; all of them do.": {
        "advantages": lambda case: case.advantages * F.one_hot(last_index(case.mask), case.mask.shape[1])
    },
    "The advantages are standardised once more.": {
        "advantages": lambda case: (case.advantages - case.advantages[:, 0].mean()) / case.advantages[:, 0].std()
    },
    "The advantage is shared out among the tokens; each gets all of it.": {
        "advantages": lambda case: case.advantages / case.mask.sum(dim=1, keepdim=True).clamp(min=1)
    },
}


def for_each_token(case):
    """The case with the advantage of each response (B,) on all of its tokens (B, T)."""
    return case._replace(advantages=case.advantages[:, None].expand_as(case.logp))


def grpo_mistakes(case):
    """Sentence → the loss with that mistake."""
    found = {sentence: clipped_loss(for_each_token(case), **parts) for sentence, parts in GRPO_MISTAKES.items()}
    if case.logp.shape[0] == case.logp.shape[1]:
        along = case._replace(advantages=case.advantages.expand_as(case.logp))
        found["The advantages are laid along the tokens; each response has its own."] = clipped_loss(along)
    return found


@exercise("grpo_loss")
def test_grpo_loss_docstring_example(student, rng):
    zeros, mask = torch.zeros(2, 3), torch.tensor([[1, 1, 1], [1, 0, 0]])
    example = Clip(zeros, zeros.clone(), torch.tensor([1.0, -1.0]), mask, 0.2)
    drawn = example._replace(logp=0.1 * rng.rand(2, 3), advantages=0.5 + rng.rand(2))
    for case, what in ((example, "The docstring's loss"), (drawn, "The loss of two responses")):
        expect_close(
            student.grpo_loss(*case),
            clipped_loss(for_each_token(case)),
            what=what,
            mistakes=told_apart(grpo_mistakes(case)),
            **TOL_FP32,
        )


@exercise("grpo_loss")
def test_grpo_of_a_batch(student, rng):
    # In the second batch there are as many responses as tokens, and one has nothing to teach.
    for case, advantages in (
        (clip_case(rng), [1.1, -0.7, 0.4]),
        (clip_case(rng, (2, 3, 1, 2, 3), 5), [1.1, -0.7, 0.4, 0.0, -1.2]),
    ):
        case = case._replace(advantages=torch.tensor(rng.permutation(advantages)))
        result = student.run(with_gradients, "grpo_loss", list(case), [0, 2])
        expect_close(
            result["value"],
            clipped_loss(for_each_token(case)),
            what="The loss",
            mistakes=grpo_mistakes(case),
            advice="Every token of a response has the response's advantage; every token of the batch counts the same.",
            **TOL_FP32,
        )
        expect_graph(result)
        expect_no_gradient(result["gradients"][1], "A gradient flows into the advantages, which are data.")
        slope, flat = clip_slope(for_each_token(case))
        expect_close(result["gradients"][0], slope * ~flat, what="The gradient in the log-probabilities", **TOL_FP32)
    expect_dtype_kept(student.grpo_loss, case, lambda *given: clipped_loss(for_each_token(Clip(*given))), "The loss")


@exercise("grpo_loss")
def test_nothing_counts_in_grpo_where_the_mask_is_0(student, rng):
    case = clip_case(rng, (2, 3), 6)
    case = case._replace(advantages=torch.tensor([0.9, -0.6])[torch.randperm(2, generator=rng)])
    expect_masked_out(
        student,
        "grpo_loss",
        case,
        [2],
        [{1: -200.0}],
        lambda *arguments: clipped_loss(for_each_token(Clip(*arguments))),
        grpo_mistakes(case),
    )
