"""Checks of `preference_loss`."""

import math

import torch
from alignment_oracles import FP32, bradley_terry, expect_graph, with_gradients

from autograder.checks import exercise, expect_close, fail


def preference_mistakes(chosen, rejected, margin=None):
    """What known mistakes give, as sentences and values."""
    off = torch.zeros_like(chosen) if margin is None else torch.as_tensor(margin) * torch.ones_like(chosen)
    difference = chosen - rejected - off
    right = bradley_terry(difference).float()
    sigmoid = torch.sigmoid
    found = {
        "chosen and rejected are the wrong way round.": bradley_terry(rejected - chosen - off).mean(),
        "chosen, rejected and margin all have the wrong sign.": bradley_terry(-difference).mean(),
        "It adds the pairs up instead of averaging them.": right.sum(),
        "It returns one loss per pair; the loss is their mean.": right,
        "The logarithm is missing: it is the probability of the wrong choice.": (1 - sigmoid(difference)).mean(),
        "The logarithm is missing.": -sigmoid(difference).mean(),
        "The sigmoid is missing: it is the plain difference, which can fall for ever.": -difference.mean(),
        "That is a hinge loss, not -log sigmoid.": (1 - difference).clamp(min=0).mean(),
        "The sigmoid is applied twice.": -torch.log(sigmoid(sigmoid(difference))).mean(),
        "Each reward is judged on its own; only the difference counts.": (
            bradley_terry(chosen - off) + bradley_terry(-rejected)
        ).mean(),
        "The logarithm has base 2; natural logarithms are used everywhere here.": right.mean() / math.log(2),
        "It takes the sigmoid of the mean difference instead of the mean over the pairs.": bradley_terry(
            difference.mean().reshape(1)
        )[0],
        "The sign is wrong: it falls when the preferred response loses.": -right.mean(),
    }
    if margin is not None:
        found |= {
            "The margin is ignored.": bradley_terry(chosen - rejected).mean(),
            "The margin has the wrong sign: it makes the demand smaller.": bradley_terry(
                chosen - rejected + off
            ).mean(),
            "The margin is subtracted from the loss instead of from the difference.": (
                bradley_terry(chosen - rejected) - off
            ).mean(),
            "The margin multiplies the difference instead of being subtracted.": bradley_terry(
                (chosen - rejected) * off
            ).mean(),
        }
    return {sentence: value.float() for sentence, value in found.items()}


@exercise("preference_loss")
def test_the_docstrings_preference(student):
    chosen, rejected = torch.tensor([0.7]), torch.tensor([0.3])
    for margin, right in ((None, 0.5130152523999526), (0.4, math.log(2))):
        expect_close(
            student.preference_loss(chosen, rejected, margin),
            torch.tensor(right),
            what="The docstring's loss",
            mistakes=preference_mistakes(chosen, rejected, margin),
            **FP32,
        )


@exercise("preference_loss")
def test_preference_loss_of_a_batch(student, rng):
    chosen, rejected = 2 * rng.randn(5), 2 * rng.randn(5)
    right = bradley_terry(chosen - rejected).mean().float()
    expect_close(
        student.preference_loss(chosen, rejected),
        right,
        what="The loss of five pairs",
        mistakes=preference_mistakes(chosen, rejected),
        **FP32,
    )
    expect_close(
        student.preference_loss(chosen + 3, rejected + 3),
        right,
        what="The loss after both rewards are shifted by the same amount",
        mistakes=preference_mistakes(chosen + 3, rejected + 3),
        advice="Only the difference of two rewards means anything.",
        **FP32,
    )


@exercise("preference_loss")
def test_margins(student, rng):
    chosen, rejected = rng.randn(4), rng.randn(4)
    for margin in (rng.rand(4) + 0.5, 0.75):
        expect_close(
            student.preference_loss(chosen, rejected, margin),
            bradley_terry(chosen - rejected - margin).mean().float(),
            what="The loss with a margin",
            mistakes=preference_mistakes(chosen, rejected, margin),
            **FP32,
        )


@exercise("preference_loss")
def test_preference_gradient(student, rng):
    chosen, rejected = rng.randn(3), rng.randn(3)
    seen = student.run(with_gradients, "preference_loss", [chosen, rejected], [0, 1], torch.tensor(1.0))
    expect_graph(seen)
    step = 1e-3  # central differences, in float64: their error is about step²
    slopes = []
    for place in range(3):
        nudge = torch.zeros(3, dtype=torch.float64)
        nudge[place] = step
        up, down = (bradley_terry((chosen - rejected).double() + sign * nudge).double().mean() for sign in (1, -1))
        slopes.append(((up - down) / (2 * step)).item())
    slopes = torch.tensor(slopes)
    sentence = "Its gradient does not agree with central differences of -log sigmoid."
    for gradient, right in zip(seen["gradients"], (slopes, -slopes), strict=True):
        if gradient is None:
            fail("A gradient must reach the rewards of both, chosen and rejected.")
        if (gradient - right).abs().max() > 1e-3:
            fail(sentence, expected=right, got=gradient)
