"""Hidden checks of `sft_loss`."""

import torch
from instruction_tuning_hidden_oracles import FP32
from torch.nn import functional as F

from autograder.checks import exercise, expect_close, fail, probe


@probe
def losses(student, pairs, dtype, differentiate):
    """The loss of each pair of logits and labels, and its gradient at the logits if asked for."""
    found = []
    for logits, labels in pairs:
        logits = logits.to(getattr(torch, dtype)).requires_grad_(True)
        loss = student.sft_loss(logits, labels)
        if differentiate:
            loss.backward()
        found.append((loss.detach(), logits.grad))
    return found


@exercise("sft_loss")
def test_the_first_label_and_the_last_logits_are_unused(student, rng):
    logits, labels = rng.randn(2, 5, 6), rng.randint(0, 6, (2, 5))
    labels[1, 3:] = -100
    other_labels, other_logits = labels.clone(), logits.clone()
    other_labels[:, 0] = -100
    other_logits[:, -1] = rng.randn(2, 6)
    pairs = [(logits, labels), (logits, other_labels), (other_logits, labels)]
    (right, _), (without, _), (moved, _) = student.run(losses, pairs, "float32", False)
    expect_close(
        without,
        right,
        what="The loss after the first labels, which nothing guesses, were masked",
        mistakes={
            "It is divided by the number of all supervised labels, the unused first one of a row too.": lambda: (
                right * 8 / 6
            )
        },
        **FP32,
    )
    expect_close(moved, right, what="The loss after the last logits, which guess nothing, were changed", **FP32)
    known = F.cross_entropy(logits[:, :-1].reshape(-1, 6), labels[:, 1:].reshape(-1), ignore_index=-100)
    expect_close(right, known, what="The loss", **FP32)


@exercise("sft_loss")
def test_half_precision(student, rng):
    logits, labels = rng.randn(4, 30, 11), rng.randint(0, 11, (4, 30))
    rounded = logits.bfloat16().float()
    ((loss, _),) = student.run(losses, [(logits, labels)], "bfloat16", False)
    if loss.dtype != torch.float32:
        fail("With logits in half precision the loss is computed in half precision; raise them to float32 first.")
    right = F.cross_entropy(rounded[:, :-1].flatten(0, 1), labels[:, 1:].flatten())
    expect_close(
        loss,
        right,
        what="The loss of logits in half precision",
        mistakes={
            "With logits in half precision the loss is computed in half precision; raise them to float32 first.": (
                lambda: loss
            )
        },
        **FP32,
    )


@exercise("sft_loss")
def test_logits_of_any_size(student):
    logits = torch.tensor([[[1e4, -1e4, 0.0], [0.0, -1e4, 1e4], [0.0, 0.0, 0.0]]])
    labels = torch.tensor([[0, 1, 2]])  # the first guess is sure and wrong, the second sure and right
    ((loss, gradient),) = student.run(losses, [(logits, labels)], "float32", True)
    expect_close(
        loss,
        torch.tensor(1e4),
        what="The loss of very sure guesses",
        mistakes={
            "The loss is infinite or NaN for very sure guesses: take the logarithm of the softmax in one step.": (
                lambda: torch.tensor(float("nan")) if torch.isnan(loss) else torch.tensor(float("inf"))
            ),
        },
    )
    expect_close(
        gradient,
        torch.tensor([[[0.5, -0.5, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]]),
        what="The gradient of very sure guesses",
    )


@exercise("sft_loss")
def test_what_leaves_the_loss_alone(student, rng):
    logits, labels = rng.randn(2, 6, 5), rng.randint(0, 5, (2, 6))
    labels[0, :3], labels[1, 5:] = -100, -100
    labels[0, 4] = 0  # a token like any other
    twice = (logits.repeat(2, 1, 1), labels.repeat(2, 1))
    wider = (F.pad(logits, (0, 0, 0, 3), value=1.0), F.pad(labels, (0, 3), value=-100))
    shifted = (logits + rng.randn(2, 6, 1), labels)
    with_empty = (torch.cat([logits, rng.randn(1, 6, 5)]), torch.cat([labels, torch.full((1, 6), -100)]))
    short = (rng.randn(2, 1, 5), torch.zeros(2, 1, dtype=torch.int64))
    results = student.run(losses, [(logits, labels), twice, wider, shifted, with_empty, short], "float32", False)
    (right, _), (doubled, _), (padded, _), (moved, _), (accompanied, _), (tiny, _) = results
    targets = labels[:, 1:].flatten()
    expect_close(
        right,
        F.cross_entropy(logits[:, :-1].flatten(0, 1), targets, ignore_index=-100),
        what="The loss",
        mistakes={
            "Token 0 is left out like padding; only -100 is.": lambda: F.cross_entropy(
                logits[:, :-1].flatten(0, 1), targets.masked_fill(targets == 0, -100)
            )
        },
        **FP32,
    )
    expect_close(doubled, right, what="The loss of the same batch twice over", **FP32)
    expect_close(padded, right, what="The loss of a batch padded wider", **FP32)
    expect_close(moved, right, what="The loss after all logits of a position were raised alike", **FP32)
    expect_close(
        accompanied,
        right,
        what="The loss with a further row in which nothing is supervised",
        mistakes={
            "It is the mean of the rows' means; here every token counts the same.": lambda: accompanied,
        },
        **FP32,
    )
    expect_close(tiny, torch.tensor(0.0), what="The loss of rows of one token")
