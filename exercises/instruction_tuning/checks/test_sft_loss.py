"""Checks of `sft_loss`."""

import torch
from instruction_tuning_oracles import (
    IGNORE_INDEX,
    NOT_FINITE,
    TOL_FP32,
    count_labels,
    expect_raised,
    loss_mistakes,
    loss_oracle,
    ragged_labels,
)
from torch.nn import functional as F

from autograder.checks import AnyOf, exercise, expect_close, fail, probe


@exercise("sft_loss")
def test_sft_loss_docstring_example(student):
    logits = torch.tensor([[[0.0, 0.0], [0.0, 3.0], [5.0, 5.0]]])
    logits[0, 1, 1] = torch.tensor(3.0).log()
    labels = torch.tensor([[-100, 0, 1]])
    expect_close(
        student.sft_loss(logits, labels),
        torch.tensor(0.4904146),
        what="The loss of the docstring's example",
        mistakes=loss_mistakes(logits, labels),
        **TOL_FP32,
    )


@exercise("sft_loss", points=2)
def test_the_mean_over_supervised_tokens(student, rng):
    logits, labels = 2 * rng.randn(3, 8, 7), ragged_labels(rng, 3, 8, 7)
    labels[1, 4] = 0  # a token like any other
    labels[2, 0] = 1  # a label that nothing guesses
    expect_close(
        student.sft_loss(logits, labels),
        loss_oracle(logits, labels),
        what="The loss",
        mistakes=loss_mistakes(logits, labels),
        advice="logits[:, t] guess labels[:, t + 1]; divide by the number of labels that aren't -100.",
        **TOL_FP32,
    )


@probe
def loss_and_gradient(student, logits, labels):
    """The loss and its gradient at the logits."""
    logits = logits.clone().requires_grad_(True)
    loss = student.sft_loss(logits, labels)
    if not (hasattr(loss, "requires_grad") and loss.requires_grad):
        return {"loss": loss, "gradient": None}
    loss.backward()
    return {"loss": loss.detach(), "gradient": logits.grad}


def gradient_oracle(logits, labels):
    """(softmax - one-hot) / number of supervised tokens (B, T, V) at the positions that guess one, 0 elsewhere."""
    targets = labels[:, 1:]
    gradient = torch.zeros_like(logits)
    gradient[:, :-1] = logits[:, :-1].softmax(dim=-1) - F.one_hot(targets.clamp(min=0), logits.shape[-1])
    gradient[:, :-1][targets == IGNORE_INDEX] = 0.0
    return gradient / count_labels(targets)


@exercise("sft_loss")
def test_the_gradient_of_the_loss(student, rng):
    logits, labels = rng.randn(3, 6, 5), ragged_labels(rng, 3, 6, 5)
    result = student.run(loss_and_gradient, logits, labels)
    if result["gradient"] is None:
        fail(
            "The loss has no graph, so nothing can be learned from it.",
            advice="Look for .item(), .detach(), .data, torch.no_grad() and float().",
        )
    expect_close(
        result["gradient"],
        gradient_oracle(logits, labels),
        what="The gradient at the logits",
        advice="At a supervised position it is (softmax - one-hot) / number of supervised tokens, elsewhere 0.",
        **TOL_FP32,
    )


@exercise("sft_loss")
def test_nothing_supervised_is_zero(student, rng):
    result = student.run(loss_and_gradient, rng.randn(2, 5, 4), torch.full((2, 5), IGNORE_INDEX))
    loss, gradient = result["loss"], result["gradient"]
    if gradient is None and isinstance(loss, (int, float, torch.Tensor)) and float(loss) == 0:
        fail("Where nothing is supervised the loss is a 0 without a graph, so backward() fails.")
    expect_close(
        loss,
        torch.tensor(0.0),
        what="The loss where nothing is supervised",
        mistakes={"The loss is NaN where nothing is supervised; it must be 0.": torch.tensor(float("nan"))},
        advice="The mean of no tokens is 0 / 0: divide by at least 1.",
    )
    expect_close(gradient, torch.zeros(2, 5, 4), what="The gradient where nothing is supervised", rtol=0.0, atol=0.0)


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
            NOT_FINITE: AnyOf(torch.tensor(float("nan")), torch.tensor(float("inf"))),
            **loss_mistakes(confident, said),
        },
    )
