"""Checks of `sft_loss`."""

import math

import torch
from instruction_tuning_oracles import (
    IGNORE_INDEX,
    KEPT_FROM_ZERO,
    NOT_FINITE,
    TOL_FP32,
    count_labels,
    expect_others_left_out,
    expect_raised,
    floors,
    loss_mistakes,
    loss_oracle,
    ragged_labels,
)
from torch.nn import functional as F

from autograder.checks import AnyOf, exercise, expect_close, fail, probe


@exercise("sft_loss", points=2)
def test_the_mean_over_supervised_tokens(student, rng):
    docstrings = torch.tensor([[[0.0, 0.0], [0.0, math.log(3)], [5.0, 5.0]]]), torch.tensor([[-100, 0, 1]])
    logits, labels = 2 * rng.randn(3, 8, 7), ragged_labels(rng, 3, 8, 7)
    labels[1, 4] = 0  # a token like any other
    labels[2, 0] = 1  # a label that nothing guesses
    for batch, loss in ((docstrings, torch.tensor(0.4904146)), ((logits, labels), loss_oracle(logits, labels))):
        expect_close(
            student.sft_loss(*batch),
            loss,
            what="The loss",
            mistakes=loss_mistakes(*batch),
            advice="logits[:, t] guess labels[:, t + 1]; divide by the number of labels that aren't -100.",
            **TOL_FP32,
        )
    expect_others_left_out(student, logits, labels)


@probe
def losses_and_gradients(student, batches):
    """The loss of each pair of logits and labels, and its gradient at the logits; None where it has no graph."""
    found = []
    for logits, labels in batches:
        logits = logits.clone().requires_grad_(True)
        loss = student.sft_loss(logits, labels)
        if not (hasattr(loss, "requires_grad") and loss.requires_grad):
            found.append({"loss": loss, "gradient": None})
            continue
        loss.backward()
        found.append({"loss": loss.detach(), "gradient": logits.grad})
    return found


def gradient_oracle(logits, labels):
    """(softmax - one-hot) / number of supervised tokens (B, T, V) at the positions that guess one, 0 elsewhere."""
    targets = labels[:, 1:]
    gradient = torch.zeros_like(logits)
    gradient[:, :-1] = logits[:, :-1].softmax(dim=-1) - F.one_hot(targets.clamp(min=0), logits.shape[-1])
    gradient[:, :-1][targets == IGNORE_INDEX] = 0.0
    return gradient / count_labels(targets)


def expect_gradient(gradient, logits, labels):
    """The gradient at logits of which some are supervised."""
    if gradient is None:
        fail(
            "The loss has no graph, so nothing can be learned from it.",
            advice="Look for .item(), .detach(), .data, torch.no_grad() and float().",
        )
    expect_close(
        gradient,
        gradient_oracle(logits, labels),
        what="The gradient at the logits",
        advice="At a supervised position it is (softmax - one-hot) / number of supervised tokens, elsewhere 0.",
        **TOL_FP32,
    )


@exercise("sft_loss")
def test_the_gradient_of_the_loss(student, rng):
    logits, labels = rng.randn(3, 6, 5), ragged_labels(rng, 3, 6, 5)
    (result,) = student.run(losses_and_gradients, [(logits, labels)])
    expect_gradient(result["gradient"], logits, labels)
    expect_close(result["loss"], loss_oracle(logits, labels), what="The loss", **TOL_FP32)


@exercise("sft_loss")
def test_nothing_supervised_is_zero(student, rng):
    some, nothing = ragged_labels(rng, 2, 5, 4), torch.full((2, 5), IGNORE_INDEX)
    batches = [(rng.randn(2, 5, 4), labels) for labels in rng.permutation([some, nothing])]
    for (logits, labels), result in zip(batches, student.run(losses_and_gradients, batches), strict=True):
        loss, gradient = result["loss"], result["gradient"]
        if labels is some:
            expect_gradient(gradient, logits, labels)
            expect_close(loss, loss_oracle(logits, labels), what="The loss", **TOL_FP32)
            continue
        if gradient is None and isinstance(loss, (int, float, torch.Tensor)) and float(loss) == 0:
            fail("Where nothing is supervised the loss is a 0 without a graph, so backward() fails.")
        expect_close(
            loss,
            torch.tensor(0.0),
            what="The loss where nothing is supervised",
            mistakes={"The loss is NaN where nothing is supervised; it must be 0.": torch.tensor(float("nan"))},
            advice="The mean of no tokens is 0 / 0: divide by at least 1.",
        )
        what = "The gradient where nothing is supervised"
        expect_close(gradient, torch.zeros(2, 5, 4), what=what, rtol=0.0, atol=0.0)


@exercise("sft_loss")
def test_half_precision_and_confident_guesses(student, rng):
    logits, labels = rng.randn(2, 30, 11).bfloat16(), rng.randint(0, 11, (2, 30))
    labels[1, 25:] = IGNORE_INDEX
    expect_raised(student.sft_loss(logits, labels), logits, labels)
    size = float(rng.randint(500, 9_000))
    confident, said = torch.tensor([[[size, -size, 0.0], [0.0, 0.0, 0.0]]]), torch.tensor([[0, 1]])
    expect_close(
        student.sft_loss(confident, said),
        torch.tensor(2 * size),
        what="The loss of a very confident guess that is wrong",
        mistakes={
            KEPT_FROM_ZERO: floors(),
            NOT_FINITE: AnyOf(torch.tensor(float("nan")), torch.tensor(float("inf"))),
            **loss_mistakes(confident, said),
        },
    )
