"""Hidden checks of `preference_loss`."""

import torch
from alignment_oracles import TOL_FP32, expect_dtype_kept, expect_said, far_apart_mistakes, with_gradients
from torch.nn import functional as F

from autograder.checks import exercise, expect_close, expect_error, fail, in_drawn_order


@exercise("preference_loss")
def test_rewards_far_apart(student, rng):
    for far in rng.permutation([1e4, -1e4]):
        # The second pair is a close one: what is done to the first must not touch it.
        ratio = torch.tensor([far * (1 + float(rng.rand(()))), rng.randn().item()])
        rejected = rng.randn(2)
        chosen = rejected + ratio
        ratio = chosen - rejected
        result = student.run(with_gradients, "preference_loss", [chosen, rejected], [0, 1])
        expected = -F.logsigmoid(ratio.double()).mean().float()
        expect_close(
            result["value"],
            expected,
            what="The loss of rewards that are far apart",
            mistakes=far_apart_mistakes(result["value"], expected)
            | {
                "The logarithm is missing.": -ratio.sigmoid().mean(),
                "The logarithm is missing: it is the probability of the wrong choice.": 1 - ratio.sigmoid().mean(),
                "The sigmoid is missing: it is the plain difference, which can fall for ever.": -ratio.mean(),
            },
            **TOL_FP32,
        )
        if result["graph"]:
            for gradient, sign in zip(result["gradients"], (-1, 1), strict=True):
                slope = sign * torch.sigmoid(-ratio) / 2
                if gradient is None:
                    fail("A gradient must reach the rewards of both, chosen and rejected.")
                if not torch.isfinite(gradient).all():
                    fail("The gradient is not finite for rewards that are far apart.")
                expect_close(gradient, slope, what="The gradient for rewards that are far apart", **TOL_FP32)


@exercise("preference_loss")
def test_rewards_of_different_shapes_are_errors(student, rng):
    pairs = rng.randint(3, 100)

    def differ(chosen, rejected):
        says = expect_said("The error about the shapes doesn't say both of them.", pairs, 1, every=True)
        with expect_error("ValueError", what="preference_loss of rewards of different shapes"), says:
            student.preference_loss(rng.randn(*chosen), rng.randn(*rejected))

    def agree():
        chosen, rejected = rng.randn(pairs), rng.randn(pairs)
        expected = -F.logsigmoid(chosen - rejected).mean()
        expect_close(student.preference_loss(chosen, rejected), expected, what="The loss", **TOL_FP32)

    shapes = (((pairs, 1), (pairs,)), ((pairs,), (pairs, 1)), ((pairs,), (1,)))
    in_drawn_order(rng, agree, *(lambda both=both: differ(*both) for both in shapes))


@exercise("preference_loss")
def test_a_margin_of_zero_is_no_margin(student, rng):
    chosen, rejected = rng.randn(4), rng.randn(4)
    plain = student.preference_loss(chosen, rejected)
    for margin in (0.0, torch.zeros(4)):
        expect_close(
            student.preference_loss(chosen, rejected, margin), plain, what="The loss with a margin of 0", **TOL_FP32
        )
    expect_close(plain, -F.logsigmoid(chosen - rejected).mean(), what="The loss", **TOL_FP32)


@exercise("preference_loss")
def test_a_margin_moves_chosen_down(student, rng):
    chosen, rejected = rng.randn(4), rng.randn(4)
    margin = rng.rand(4) + 0.2
    expect_close(
        student.preference_loss(chosen, rejected, margin),
        student.preference_loss(chosen - margin, rejected),
        what="The loss with a margin, against chosen rewards that are lower by it,",
        **TOL_FP32,
    )
    expected = -F.logsigmoid(chosen - rejected - margin).mean()
    expect_close(student.preference_loss(chosen, rejected, margin), expected, what="The loss with a margin", **TOL_FP32)

    def formula(chosen, rejected, margin):
        return -F.logsigmoid(chosen - rejected - margin).mean()

    expect_dtype_kept(student.preference_loss, (chosen, rejected, margin), formula, "The loss", torch.bfloat16)
