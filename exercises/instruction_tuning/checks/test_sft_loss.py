"""Checks of `sft_loss`."""

import torch
from instruction_tuning_oracles import FP32
from torch.nn import functional as F

from autograder.checks import exercise, expect_close, fail, probe


def token_losses(logits, labels):
    """-log p(label) where a label is given, 0 elsewhere, from logits and labels that stand side by side; double."""
    log_probs = logits.double() - logits.double().logsumexp(dim=-1, keepdim=True)
    return -log_probs.gather(-1, labels.clamp(min=0)[..., None])[..., 0] * (labels != -100)


def loss_mistakes(logits, labels):
    """What known mistakes make of the loss, as functions; the right one is mean(logits[:, :-1], labels[:, 1:])."""

    def mean(guesses, targets, count=None):
        total = token_losses(guesses, targets).sum()
        return (total / (count or max(int((targets != -100).sum()), 1))).float()

    guesses, targets = logits[:, :-1], labels[:, 1:]
    positions = targets.numel()
    return {
        "Logits and labels are not shifted: every position is asked for the token that it has just read.": lambda: mean(
            logits, labels
        ),
        "Logits and labels are shifted twice.": lambda: mean(logits[:, :-2], labels[:, 2:]),
        "They are shifted the wrong way: logits[:, 1:] against labels[:, :-1].": lambda: mean(
            logits[:, 1:], labels[:, :-1]
        ),
        "The mean is taken over all positions, also those that are not supervised.": lambda: mean(
            guesses, targets, positions
        ),
        "The mean is taken over all B·T tokens, also those that are not supervised.": lambda: mean(
            guesses, targets, labels.numel()
        ),
        "It is the sum over the supervised tokens, not their mean.": lambda: mean(guesses, targets, 1),
        "It is divided by the number of all supervised labels, the unused first one of a row too.": lambda: mean(
            guesses, targets, int((labels != -100).sum())
        ),
        "It is the mean of the rows' means; here every token counts the same.": lambda: (
            (token_losses(guesses, targets).sum(dim=1) / (targets != -100).sum(dim=1).clamp(min=1)).mean().float()
        ),
        "The sum over tokens is divided by the number of rows.": lambda: mean(guesses, targets, labels.shape[0]),
        "The sign is wrong: the loss falls when the model gets worse.": lambda: -mean(guesses, targets),
        "It is exp of the loss, the perplexity.": lambda: mean(guesses, targets).exp(),
        "Masked labels are counted as token 0.": lambda: mean(guesses, targets.clamp(min=0)),
    }


@exercise("sft_loss")
def test_the_docstrings_loss(student):
    logits = torch.tensor([[[0.0, 0.0], [0.0, 3.0], [5.0, 5.0]]])
    logits[0, 1, 1] = torch.tensor(3.0).log()
    labels = torch.tensor([[-100, 0, 1]])
    expect_close(
        student.sft_loss(logits, labels),
        torch.tensor(0.4904146),
        what="The loss of the docstring's example",
        mistakes=loss_mistakes(logits, labels),
        **FP32,
    )


def ragged_labels(rng, rows, length, vocabulary):
    """Labels (rows, length): prompts and paddings of different lengths are -100, and one token within a reply."""
    labels = rng.randint(0, vocabulary, (rows, length))
    for row in range(rows):
        labels[row, : rng.randint(2, 4)] = -100
        if row:
            labels[row, length - row :] = -100
    labels[0, length - 2] = -100
    return labels


@exercise("sft_loss", points=2)
def test_the_mean_over_supervised_tokens(student, rng):
    logits, labels = 2 * rng.randn(3, 8, 7), ragged_labels(rng, 3, 8, 7)
    targets = labels[:, 1:]
    expect_close(
        student.sft_loss(logits, labels),
        (token_losses(logits[:, :-1], targets).sum() / (targets != -100).sum()).float(),
        what="The loss",
        mistakes=loss_mistakes(logits, labels),
        advice="logits[:, t] guess labels[:, t + 1]; divide by the number of labels that aren't -100.",
        **FP32,
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


def loss_gradient(logits, labels):
    """Softmax minus one-hot at the supervised positions, over their number."""
    targets = labels[:, 1:]
    gradient = torch.zeros_like(logits)
    gradient[:, :-1] = logits[:, :-1].softmax(dim=-1) - F.one_hot(targets.clamp(min=0), logits.shape[-1])
    gradient[:, :-1][targets == -100] = 0.0
    return gradient / (targets != -100).sum()


@exercise("sft_loss")
def test_the_gradient_of_the_loss(student, rng):
    logits, labels = rng.randn(3, 6, 5), ragged_labels(rng, 3, 6, 5)
    seen = student.run(loss_and_gradient, logits, labels)
    if seen["gradient"] is None:
        fail(
            "The loss has no graph, so nothing can be learned from it.",
            advice="Look for .item(), .detach(), .data, torch.no_grad() and float().",
        )
    expect_close(
        seen["gradient"],
        loss_gradient(logits, labels),
        what="The gradient at the logits",
        advice="At a supervised position it is (softmax - one-hot) / number of supervised tokens, elsewhere 0.",
        **FP32,
    )


@exercise("sft_loss")
def test_nothing_supervised_is_zero(student, rng):
    seen = student.run(loss_and_gradient, rng.randn(2, 5, 4), torch.full((2, 5), -100))
    if seen["gradient"] is None and isinstance(seen["loss"], (int, float, torch.Tensor)) and float(seen["loss"]) == 0:
        fail("Where nothing is supervised the loss is a 0 without a graph, so backward() fails.")
    expect_close(
        seen["loss"],
        torch.tensor(0.0),
        what="The loss where nothing is supervised",
        mistakes={"The loss is NaN where nothing is supervised; it must be 0.": torch.tensor(float("nan"))},
        advice="The mean of no tokens is 0 / 0: divide by at least 1.",
    )
    expect_close(
        seen["gradient"], torch.zeros(2, 5, 4), what="The gradient where nothing is supervised", rtol=0.0, atol=0.0
    )
