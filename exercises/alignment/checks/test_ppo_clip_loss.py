"""Checks of `ppo_clip_loss`."""

import math

import torch
from alignment_oracles import (
    FP32,
    both_ways,
    clip_mistakes,
    clipped,
    expect_graph,
    expect_no_gradient,
    log_probs,
    ppo_case,
    response_mask,
    with_gradients,
)

from autograder.checks import exercise, expect_close


@exercise("ppo_clip_loss")
def test_the_docstrings_clip(student):
    logp, logp_old, mask = torch.tensor([[math.log(1.5)]]), torch.zeros(1, 1), torch.ones(1, 1, dtype=torch.int64)
    signs = [torch.tensor([[1.0]]), torch.tensor([[-1.0]])]
    good, bad = (clip_mistakes(logp, logp_old, advantages, mask, 0.2) for advantages in signs)
    expect_close(
        [student.ppo_clip_loss(logp, logp_old, advantages, mask, 0.2) for advantages in signs],
        [torch.tensor(-1.2), torch.tensor(1.5)],
        what="The docstring's loss, for advantages 1 and -1,",
        mistakes={sentence: [good[sentence], bad[sentence]] for sentence in good if sentence in bad},
        **FP32,
    )


@exercise("ppo_clip_loss")
def test_clipping_in_every_region(student, rng):
    logp, logp_old, advantages, mask, clip = case = ppo_case(rng)
    right = -(clipped((logp - logp_old).exp(), advantages, clip) * mask).sum() / mask.sum()
    expect_close(student.ppo_clip_loss(*case), right, what="The clipped loss", mistakes=clip_mistakes(*case), **FP32)


@exercise("ppo_clip_loss")
def test_where_the_clip_lets_gradients_through(student, rng):
    logp, logp_old, advantages, mask, clip = case = ppo_case(rng)
    seen = student.run(with_gradients, "ppo_clip_loss", list(case), [0, 1, 2], torch.tensor(1.0))
    expect_graph(seen)
    expect_no_gradient(seen["gradients"][1], "A gradient flows into the old log-probabilities, which are data.")
    expect_no_gradient(seen["gradients"][2], "A gradient flows into the advantages, which are data.")
    ratio, count = (logp - logp_old).exp(), mask.sum()
    flat = ((advantages > 0) & (ratio > 1 + clip)) | ((advantages < 0) & (ratio < 1 - clip))
    slope = -advantages * ratio * mask / count
    expect_close(
        seen["gradients"][0],
        slope * ~flat,
        what="The gradient in the log-probabilities",
        mistakes={
            "Nothing is clipped.": slope,
            "Only the clipped term is used; a token that moved the wrong way gets no gradient.": slope
            * ((ratio > 1 - clip) & (ratio < 1 + clip)),
            "It takes the larger of the two terms; the smaller one is the cautious one.": slope
            * (flat | ((ratio > 1 - clip) & (ratio < 1 + clip))),
            "The ratio is clipped from above only.": slope * ~((advantages > 0) & (ratio > 1 + clip)),
        },
        advice="Flat only where a token has moved far enough in the direction that pays.",
        **FP32,
    )


@exercise("ppo_clip_loss")
def test_before_the_first_update_it_is_the_policy_gradient(student, rng):
    mask = response_mask(rng, (3, 5), 8)
    logp, advantages = log_probs(rng, 2, 8), both_ways(rng, 2, 8)
    seen = student.run(
        with_gradients, "ppo_clip_loss", [logp, logp.clone(), advantages, mask, 0.2], [0], torch.tensor(1.0)
    )
    expect_graph(seen)
    expect_close(
        seen["gradients"][0],
        -advantages * mask / mask.sum(),
        what="The gradient while new and old policy agree",
        mistakes={"The ratio is inverted: it is new over old.": advantages * mask / mask.sum()},
        advice="While every ratio is 1, the gradient is that of policy_gradient_loss.",
        **FP32,
    )
