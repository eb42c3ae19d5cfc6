"""Checks of `ppo_clip_loss`."""

import math

import torch
from alignment_oracles import (
    TOL_FP32,
    Clip,
    clip_case,
    clip_mistakes,
    clip_slope,
    clipped_loss,
    expect_dtype_kept,
    expect_graph,
    expect_masked_out,
    expect_no_gradient,
    log_probs,
    new_over_old,
    response_mask,
    signed_advantages,
    told_apart,
    with_gradients,
)

from autograder.checks import AnyOf, exercise, expect_close


@exercise("ppo_clip_loss")
def test_ppo_clip_loss_docstring_example(student, rng):
    logp_old, mask = torch.zeros(1, 1), torch.ones(1, 1, dtype=torch.int64)
    drawn = 1.3 + 0.4 * float(rng.rand(())), 0.5 + float(rng.rand(()))
    for ratio, size, what in (
        (1.5, 1.0, "The docstring's loss, for advantages 1 and -1,"),
        (*drawn, "The loss of one token, for an advantage above and below 0,"),
    ):
        logp = torch.tensor([[math.log(ratio)]])
        cases = [Clip(logp, logp_old, torch.tensor([[advantage]]), mask, 0.2) for advantage in (size, -size)]
        good, bad = (clip_mistakes(case) for case in cases)
        expect_close(
            [student.ppo_clip_loss(*case) for case in cases],
            [clipped_loss(case) for case in cases],
            what=what,
            mistakes=told_apart({sentence: [good[sentence], bad[sentence]] for sentence in good}),
            **TOL_FP32,
        )


@exercise("ppo_clip_loss")
def test_clipping_in_every_region(student, rng):
    case = clip_case(rng)
    expect_close(
        student.ppo_clip_loss(*case),
        clipped_loss(case),
        what="The clipped loss",
        mistakes=clip_mistakes(case),
        **TOL_FP32,
    )
    expect_dtype_kept(student.ppo_clip_loss, case, lambda *given: clipped_loss(Clip(*given)), "The loss")


@exercise("ppo_clip_loss")
def test_where_the_clip_lets_gradients_through(student, rng):
    case = clip_case(rng)
    result = student.run(with_gradients, "ppo_clip_loss", list(case), [0, 1, 2])
    expect_graph(result)
    expect_no_gradient(result["gradients"][1], "A gradient flows into the old log-probabilities, which are data.")
    expect_no_gradient(result["gradients"][2], "A gradient flows into the advantages, which are data.")
    ratio, (slope, flat) = new_over_old(case), clip_slope(case)  # (B, T)
    inside = (ratio > 1 - case.clip) & (ratio < 1 + case.clip)
    expect_close(
        result["gradients"][0],
        slope * ~flat,
        what="The gradient in the log-probabilities",
        mistakes={
            "Nothing is clipped.": slope,
            "Only the clipped term is used; a token that moved the wrong way gets no gradient.": slope * inside,
            "It takes the larger of the two terms; the smaller one is the cautious one.": slope * (flat | inside),
            "The ratio is clipped from above only.": slope * ~((case.advantages > 0) & (ratio > 1 + case.clip)),
        },
        advice="Flat only where a token has moved far enough in the direction that pays.",
        **TOL_FP32,
    )
    # One token that has gone very far the wrong way.
    row, column = case.mask.nonzero()[rng.randint(0, 6)].tolist()
    case.logp_old[row, column], case.advantages[row, column] = case.logp[row, column] - 21 - rng.rand(()), -0.7
    cut = [
        clipped_loss(case, ratio=lambda case, cut=cut: (case.logp - case.logp_old).clamp(max=cut).exp())
        for cut in (5, 10, 20)
    ]
    far = student.run(with_gradients, "ppo_clip_loss", list(case), [0])
    expect_close(
        far["value"],
        clipped_loss(case),
        what="The loss where a token has gone very far the wrong way",
        mistakes={
            "The log-ratio is cut off; a token that has gone far the wrong way must still be brought back.": AnyOf(*cut)
        },
        **TOL_FP32,
    )
    slope, flat = clip_slope(case)
    expect_close(far["gradients"][0], slope * ~flat, what="The gradient of that loss", **TOL_FP32)


@exercise("ppo_clip_loss")
def test_before_the_first_update_it_is_the_policy_gradient(student, rng):
    mask = response_mask(rng, (3, 5), 8)
    logp, advantages = log_probs(rng, 2, 8), signed_advantages(rng, 2, 8)
    case = Clip(logp, logp.clone(), advantages, mask, 0.2)
    result = student.run(with_gradients, "ppo_clip_loss", list(case), [0])
    expect_close(
        result["value"],
        clipped_loss(case),
        what="The loss while new and old policy agree",
        mistakes=told_apart(clip_mistakes(case)),
        **TOL_FP32,
    )
    expect_graph(result)
    slope = -advantages * mask / mask.sum()  # (B, T)
    expect_close(
        result["gradients"][0],
        slope,
        what="The gradient while new and old policy agree",
        mistakes={"The ratio is upside down: it must be new over old.": -slope},
        advice="While every ratio is 1, the gradient is that of policy_gradient_loss.",
        **TOL_FP32,
    )


@exercise("ppo_clip_loss")
def test_nothing_counts_in_the_clipped_loss_where_the_mask_is_0(student, rng):
    case = clip_case(rng)
    # Behind the response the old policy ruled out what stands there, so that the ratio overflows.
    expect_masked_out(
        student,
        "ppo_clip_loss",
        case,
        [1, 2],
        [{1: -200.0}],
        lambda *arguments: clipped_loss(Clip(*arguments)),
        clip_mistakes(case),
    )
