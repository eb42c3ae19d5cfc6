"""Hidden checks of `dpo_loss`."""

import torch
from alignment_oracles import TOL_FP32, expect_dtype_kept, expect_graph, far_apart_mistakes, with_gradients
from torch.nn import functional as F

from autograder.checks import exercise, expect_close, fail


@exercise("dpo_loss")
def test_dpo_far_apart(student, rng):
    for far in rng.permutation([1e5, -1e5]):
        # The second pair is a close one: what is done to the first must not touch it.
        chosen = torch.tensor([far * (1 + float(rng.rand(()))), rng.randn().item()])
        zero, beta = torch.zeros(2), 0.1 + 0.1 * float(rng.rand(()))
        result = student.run(with_gradients, "dpo_loss", [chosen, zero, zero, zero, beta], [0, 1])
        expected = -F.logsigmoid(beta * chosen.double()).mean().float()
        expect_close(
            result["value"],
            expected,
            what="The loss of log-probabilities that are far apart",
            mistakes=far_apart_mistakes(result["value"], expected)
            | {"There is no logsigmoid: the plain difference can grow for ever.": -beta * chosen.mean()},
            **TOL_FP32,
        )
        expect_graph(result)
        for gradient, sign in zip(result["gradients"], (-1, 1), strict=True):
            if gradient is None:
                fail("No gradient reaches one of the two responses; the loss learns from both.")
            if not torch.isfinite(gradient).all():
                fail("The gradient is not finite for log-probabilities that are far apart.")
            slope = sign * beta * torch.sigmoid(-beta * chosen) / 2
            expect_close(gradient, slope, what="The gradient far from 0", **TOL_FP32)


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

    def formula(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta):
        chosen, rejected = beta * (policy_chosen - ref_chosen), beta * (policy_rejected - ref_rejected)
        return [-F.logsigmoid(chosen - rejected).mean(), chosen, rejected]

    for beta, found in ((0.1, small), (0.5, large)):
        expect_close(found[0], formula(*case, beta)[0], what="The loss", **TOL_FP32)
    expect_dtype_kept(student.dpo_loss, (*case, 0.5), formula, "What it returns", torch.bfloat16)
