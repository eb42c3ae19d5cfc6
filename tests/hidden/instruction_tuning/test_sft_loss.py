"""Hidden checks of `sft_loss`."""

import torch
from instruction_tuning_oracles import (
    IGNORE_INDEX,
    KEPT_FROM_ZERO,
    NOT_FINITE,
    TOL_FP32,
    expect_others_left_out,
    expect_raised,
    floors,
    loss_mistakes,
    loss_oracle,
)
from torch.nn import functional as F

from autograder.checks import AnyOf, exercise, expect_close, probe


@probe
def losses(student, batches, dtype, differentiate):
    """The loss of each pair of logits and labels, and its gradient at the logits if asked for."""
    found = []
    for logits, labels in batches:
        logits = logits.to(getattr(torch, dtype)).requires_grad_(True)
        loss = student.sft_loss(logits, labels)
        if differentiate:
            loss.backward()
        found.append((loss.detach(), logits.grad))
    return found


@exercise("sft_loss")
def test_the_first_label_and_the_last_logits_are_unused(student, rng):
    logits, labels = rng.randn(2, 5, 6), rng.randint(0, 6, (2, 5))
    labels[1, 3:] = IGNORE_INDEX
    other_labels, other_logits = labels.clone(), logits.clone()
    other_labels[:, 0] = IGNORE_INDEX
    other_logits[:, -1] = rng.randn(2, 6)
    batches = [(logits, labels), (logits, other_labels), (other_logits, labels)]
    (loss, _), (without, _), (moved, _) = student.run(losses, batches, "float32", False)
    expect_close(
        without,
        loss,
        what="The loss after the first labels, which nothing guesses, were masked",
        mistakes={
            "It is divided by the number of all supervised labels, the unused first one of a row too.": lambda: (
                loss * 8 / 6
            )
        },
        **TOL_FP32,
    )
    expect_close(moved, loss, what="The loss after the last logits, which guess nothing, were changed", **TOL_FP32)
    expect_close(loss, loss_oracle(logits, labels), what="The loss", **TOL_FP32)


@exercise("sft_loss")
def test_half_precision(student, rng):
    logits, labels = rng.randn(4, 30, 11), rng.randint(0, 11, (4, 30))
    ((loss, _),) = student.run(losses, [(logits, labels)], "bfloat16", False)
    expect_raised(loss, logits.bfloat16(), labels)


@exercise("sft_loss")
def test_extreme_logits_give_finite_losses(student, rng):
    size, (wrong, right, other) = float(rng.randint(1_000, 20_000)), rng.permutation(range(5))[:3]
    logits, labels = torch.zeros(1, 3, 5), torch.tensor([[wrong, right, other]])
    logits[0, 0, wrong], logits[0, 0, right] = size, -size  # a confident guess that is wrong
    logits[0, 1, other], logits[0, 1, right] = size, -size  # and one that is right
    ((loss, gradient),) = student.run(losses, [(logits, labels)], "float32", True)
    expect_close(
        loss,
        torch.tensor(size),
        what="The loss of very confident guesses",
        mistakes={
            KEPT_FROM_ZERO: floors(0.5),
            NOT_FINITE: AnyOf(torch.tensor(float("nan")), torch.tensor(float("inf"))),
            **loss_mistakes(logits, labels),
        },
    )
    expected = torch.zeros(1, 3, 5)
    expected[0, 0, wrong], expected[0, 0, right] = 0.5, -0.5
    expect_close(gradient, expected, what="The gradient of very confident guesses")


@exercise("sft_loss")
def test_padding_and_repetition_leave_the_loss_alone(student, rng):
    logits, labels = rng.randn(2, 6, 5), rng.randint(0, 5, (2, 6))
    labels[0, :3], labels[1, 5:] = IGNORE_INDEX, IGNORE_INDEX
    labels[0, 4] = 0  # a token like any other
    batches = {
        "as drawn": (logits, labels),
        "twice": (logits.repeat(2, 1, 1), labels.repeat(2, 1)),
        "wider": (F.pad(logits, (0, 0, 0, 3), value=1.0), F.pad(labels, (0, 3), value=IGNORE_INDEX)),
        "raised": (logits + rng.randn(2, 6, 1), labels),
        "with an empty row": (
            torch.cat([logits, rng.randn(1, 6, 5)]),
            torch.cat([labels, torch.full((1, 6), IGNORE_INDEX)]),
        ),
        "one token": (rng.randn(2, 1, 5), torch.zeros(2, 1, dtype=torch.int64)),
    }
    found = student.run(losses, list(batches.values()), "float32", False)
    result = {name: loss for name, (loss, _) in zip(batches, found, strict=True)}
    loss = result["as drawn"]
    expect_close(
        loss,
        loss_oracle(logits, labels),
        what="The loss",
        mistakes=loss_mistakes(logits, labels),
        **TOL_FP32,
    )
    expect_close(result["twice"], loss, what="The loss of the same batch twice over", **TOL_FP32)
    expect_close(result["wider"], loss, what="The loss of a batch padded wider", **TOL_FP32)
    expect_close(result["raised"], loss, what="The loss after all logits of a position were raised alike", **TOL_FP32)
    expect_close(
        result["with an empty row"],
        loss,
        what="The loss with a further row in which nothing is supervised",
        mistakes={
            "It is the mean of the rows' means; here every token counts the same.": lambda: result["with an empty row"]
        },
        **TOL_FP32,
    )
    expect_close(result["one token"], torch.tensor(0.0), what="The loss of rows of one token")
    expect_others_left_out(student, logits, labels)
