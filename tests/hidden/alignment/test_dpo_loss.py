"""Hidden checks of `dpo_loss`."""

import torch
from alignment_oracles import TOL_FP32, far_apart_mistakes, with_gradients
from torch.nn import functional as F

from autograder.checks import exercise, expect_close, fail


@exercise("dpo_loss")
def test_dpo_far_apart(student):
    zero = torch.zeros(1)
    for far in (1e5, -1e5):
        arguments = [torch.tensor([far]), zero, zero, zero, 0.1]
        result = student.run(with_gradients, "dpo_loss", arguments, [0, 1])
        expected = torch.tensor(max(-0.1 * far, 0.0))
        expect_close(
            result["value"],
            expected,
            what="The loss of log-probabilities that are far apart",
            mistakes=far_apart_mistakes(result["value"], expected)
            | {"There is no logsigmoid: the plain difference can grow for ever.": torch.tensor(-0.1 * far)},
            **TOL_FP32,
        )
        gradient = result["gradients"][0]
        if gradient is None or not torch.isfinite(gradient).all():
            fail("The gradient is not finite for log-probabilities that are far apart.")
        expect_close(gradient, torch.tensor([0.0 if far > 0 else -0.1]), what="The gradient far from 0", **TOL_FP32)


@exercise("dpo_loss")
def test_a_shared_shift_cancels(student, rng):
    case = [*(-8 * rng.rand(4, 3) - 1)]
    loss, chosen, rejected = student.dpo_loss(*case, 0.3)
    shift = rng.randn(3)
    shifted = student.dpo_loss(case[0] + shift, case[1] + shift, case[2], case[3], 0.3)
    expect_close(
        shifted[0],
        loss,
        what="The loss after both responses get the same extra log-probability (as from a shared prompt)",
        **TOL_FP32,
    )
    expect_close(shifted[1], chosen + 0.3 * shift, what="The chosen rewards after that", **TOL_FP32)
    expect_close(shifted[2], rejected + 0.3 * shift, what="The rejected rewards after that", **TOL_FP32)
    expected = -F.logsigmoid(0.3 * (case[0] - case[2] - case[1] + case[3])).mean()
    expect_close(loss, expected, what="The loss", **TOL_FP32)


@exercise("dpo_loss")
def test_swapping_the_responses(student, rng):
    case = [*(-8 * rng.rand(4, 1) - 1)]
    there = student.dpo_loss(*case, 0.25)
    back = student.dpo_loss(case[1], case[0], case[3], case[2], 0.25)
    ahead = 0.25 * ((case[0] - case[2]) - (case[1] - case[3]))
    expect_close(
        back[0] - there[0],
        ahead.squeeze(),
        what="The loss of the swapped pair, minus the loss of the pair,",
        advice="-log sigmoid(-x) + log sigmoid(x) = x.",
        **TOL_FP32,
    )


@exercise("dpo_loss")
def test_more_beta_is_more_reward(student, rng):
    case = [*(-8 * rng.rand(4, 3) - 1)]
    small, large = student.dpo_loss(*case, 0.1), student.dpo_loss(*case, 0.5)
    for index in (1, 2):
        expect_close(large[index], 5 * small[index], what="The implicit rewards at five times the beta", **TOL_FP32)
        expected = 0.1 * (case[index - 1] - case[index + 1])
        expect_close(small[index], expected, what="The implicit rewards", **TOL_FP32)
