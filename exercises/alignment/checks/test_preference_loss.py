"""Checks of `preference_loss`."""

import math

import torch
from alignment_oracles import (
    TOL_FP32,
    bradley_terry,
    expect_dtype_kept,
    expect_graph,
    expect_said,
    far_apart_mistakes,
    with_gradients,
)

from autograder.checks import exercise, expect_close, expect_error, fail, in_drawn_order


def cost_of_pairs(chosen, rejected, margin):
    """-log sigmoid(chosen - rejected - margin): (B,) three times → (B,)."""
    return bradley_terry(chosen - rejected - margin)


def preference(chosen, rejected, margin=None, cost=cost_of_pairs, reduced=torch.mean):
    """The mean of -log sigmoid(chosen - rejected - margin): ()."""
    margin = torch.as_tensor(0.0 if margin is None else margin).expand_as(chosen)  # (B,)
    return reduced(cost(chosen, rejected, margin)).float()


# Sentence → the part of `preference` that is another one.
PREFERENCE_MISTAKES = {
    "chosen and rejected are the wrong way round.": {"cost": lambda c, r, margin: cost_of_pairs(r, c, margin)},
    "chosen, rejected and margin all have the wrong sign.": {
        "cost": lambda c, r, margin: cost_of_pairs(-c, -r, -margin)
    },
    "It adds the pairs up instead of averaging them.": {"reduced": torch.sum},
    "It returns one loss per pair; the loss is their mean.": {"reduced": lambda costs: costs},
    "The logarithm is missing: it is the probability of the wrong choice.": {
        "cost": lambda c, r, margin: 1 - torch.sigmoid(c - r - margin)
    },
    "The logarithm is missing.": {"cost": lambda c, r, margin: -torch.sigmoid(c - r - margin)},
    "The sigmoid is missing: it is the plain difference, which can fall for ever.": {
        "cost": lambda c, r, margin: -(c - r - margin)
    },
    "That is a hinge loss, not -log sigmoid.": {"cost": lambda c, r, margin: (1 - (c - r - margin)).clamp(min=0)},
    "The sigmoid is applied twice.": {"cost": lambda c, r, margin: -(c - r - margin).sigmoid().sigmoid().log()},
    "Each reward is judged on its own; only the difference counts.": {
        "cost": lambda c, r, margin: bradley_terry(c - margin) + bradley_terry(-r)
    },
    "The logarithm has base 2; natural logarithms are used everywhere here.": {
        "reduced": lambda costs: costs.mean() / math.log(2)
    },
    "It takes the sigmoid of the mean difference instead of the mean over the pairs.": {
        "cost": lambda c, r, margin: bradley_terry((c - r - margin).mean().reshape(1))
    },
    "The sign is wrong: it falls when the preferred response loses.": {"reduced": lambda costs: -costs.mean()},
}
MARGIN_MISTAKES = {
    "The margin is ignored.": {"cost": lambda c, r, margin: bradley_terry(c - r)},
    "The margin has the wrong sign: it makes the demand smaller.": {
        "cost": lambda c, r, margin: bradley_terry(c - r + margin)
    },
    "The margin is subtracted from the loss instead of from the difference.": {
        "cost": lambda c, r, margin: bradley_terry(c - r) - margin
    },
    "The mean of the margins is subtracted from every pair; each has its own.": {
        "cost": lambda c, r, margin: bradley_terry(c - r - margin.mean())
    },
    "The margin multiplies the difference instead of being subtracted.": {
        "cost": lambda c, r, margin: bradley_terry((c - r) * margin)
    },
}


def preference_mistakes(chosen, rejected, margin=None):
    """Sentence → the loss with that mistake."""
    parts = PREFERENCE_MISTAKES if margin is None else PREFERENCE_MISTAKES | MARGIN_MISTAKES
    return {sentence: preference(chosen, rejected, margin, **changed) for sentence, changed in parts.items()}


@exercise("preference_loss")
def test_preference_loss_docstring_example(student, rng):
    drawn = [rng.randn(1), rng.randn(1)]
    for chosen, rejected, margin, what in (
        (torch.tensor([0.7]), torch.tensor([0.3]), None, "The docstring's loss"),
        (torch.tensor([0.7]), torch.tensor([0.3]), 0.4, "The docstring's loss"),
        (*drawn, None, "The loss of one pair"),
        (*drawn, 0.5 + float(rng.rand(())), "The loss of one pair"),
    ):
        expect_close(
            student.preference_loss(chosen, rejected, margin),
            preference(chosen, rejected, margin),
            what=what,
            mistakes=preference_mistakes(chosen, rejected, margin),
            **TOL_FP32,
        )


@exercise("preference_loss")
def test_preference_loss_of_a_batch(student, rng):
    chosen, rejected = 2 * rng.randn(5), 2 * rng.randn(5)
    expect_close(
        student.preference_loss(chosen, rejected),
        preference(chosen, rejected),
        what="The loss of five pairs",
        mistakes=preference_mistakes(chosen, rejected),
        **TOL_FP32,
    )
    expect_close(
        student.preference_loss(chosen + 3, rejected + 3),
        preference(chosen, rejected),
        what="The loss after both rewards are shifted by the same amount",
        mistakes=preference_mistakes(chosen + 3, rejected + 3),
        advice="Only the difference of two rewards means anything.",
        **TOL_FP32,
    )
    expect_dtype_kept(student.preference_loss, (chosen, rejected), preference, "The loss")


@exercise("preference_loss")
def test_margins(student, rng):
    chosen, rejected = rng.randn(4), rng.randn(4)
    for margin in (rng.rand(4) + 0.5, 0.75):
        expect_close(
            student.preference_loss(chosen, rejected, margin),
            preference(chosen, rejected, margin),
            what="The loss with a margin",
            mistakes=preference_mistakes(chosen, rejected, margin),
            **TOL_FP32,
        )


def central_differences(chosen, rejected, step=1e-3):
    """The slope of the loss in each chosen reward, in float64; the error is about step²: (B,) twice → (B,)."""
    slopes = []
    for index in range(len(chosen)):
        nudge = torch.zeros(len(chosen), dtype=torch.float64)
        nudge[index] = step
        up, down = (bradley_terry((chosen - rejected).double() + sign * nudge).double().mean() for sign in (1, -1))
        slopes.append(((up - down) / (2 * step)).item())
    return torch.tensor(slopes)


@exercise("preference_loss")
def test_preference_gradient(student, rng):
    chosen, rejected = rng.randn(3), rng.randn(3)
    result = student.run(with_gradients, "preference_loss", [chosen, rejected], [0, 1])
    expect_graph(result)
    slope = central_differences(chosen, rejected)
    sentence = "Its gradient does not agree with central differences of -log sigmoid."
    for gradient, expected in zip(result["gradients"], (slope, -slope), strict=True):
        if gradient is None:
            fail("A gradient must reach the rewards of both, chosen and rejected.")
        if (gradient - expected).abs().max() > 1e-3:
            fail(sentence, expected=expected, got=gradient)


@exercise("preference_loss")
def test_a_lone_reward_is_not_broadcast(student, rng):
    pairs, chosen, rejected = rng.randint(3, 100), rng.randn(2), rng.randn(2)

    def differ(*shapes):
        says = expect_said("The error about the shapes doesn't say both of them.", pairs, 1, every=True)
        with expect_error("ValueError", what="preference_loss of rewards of different shapes"), says:
            student.preference_loss(*(rng.randn(*shape) for shape in shapes))

    def agree():
        mistakes = preference_mistakes(chosen, rejected)
        expected = preference(chosen, rejected)
        loss = student.preference_loss(chosen, rejected)
        expect_close(loss, expected, what="The loss of two pairs", mistakes=mistakes, **TOL_FP32)

    in_drawn_order(rng, agree, lambda: differ((pairs,), (1,)), lambda: differ((pairs, 1), (pairs,)))


@exercise("preference_loss")
def test_one_pair_far_apart(student, rng):
    for ahead in (1e4, -1e4):
        chosen, rejected = torch.tensor([ahead + rng.randint(0, 100)]), torch.zeros(1)
        loss = student.preference_loss(chosen, rejected)
        expected = preference(chosen, rejected)
        expect_close(
            loss,
            expected,
            what="The loss of rewards that are far apart",
            mistakes=preference_mistakes(chosen, rejected) | far_apart_mistakes(loss, expected),
            advice="F.logsigmoid computes it without an overflow.",
            **TOL_FP32,
        )
