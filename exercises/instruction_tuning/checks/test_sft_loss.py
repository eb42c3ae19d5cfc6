"""Checks of `sft_loss`."""

import torch
from instruction_tuning_oracles import IGNORE_INDEX, TOL_FP32
from torch.nn import functional as F

from autograder.checks import exercise, expect_close, fail, probe


def token_losses(logits, labels):
    """-log p(label) (B, T) where a label is given, 0 elsewhere, from logits and labels side by side; float64."""
    log_probs = logits.double() - logits.double().logsumexp(dim=-1, keepdim=True)  # (B, T, V)
    return -log_probs.gather(-1, labels.clamp(min=0)[..., None])[..., 0] * (labels != IGNORE_INDEX)


def count_labels(labels):
    """How many labels are supervised."""
    return int((labels != IGNORE_INDEX).sum())


def mean_loss(logits, labels, count=None):
    """The sum of -log p(label) over `count`, the number of supervised labels; logits and labels side by side."""
    return (token_losses(logits, labels).sum() / (count or max(count_labels(labels), 1))).float()


def loss_oracle(logits, labels):
    """What sft_loss returns: the mean of -log p(labels[:, t + 1]) under logits[:, t] over the supervised tokens."""
    return mean_loss(logits[:, :-1], labels[:, 1:])


def loss_mistakes(logits, labels):
    """What known mistakes make of the loss."""
    guesses, targets = logits[:, :-1], labels[:, 1:]  # (B, T-1, V), (B, T-1)

    def divided_by(count):
        return lambda: mean_loss(guesses, targets, count)

    def mean_of_rows():
        rows = token_losses(guesses, targets).sum(dim=1) / (targets != IGNORE_INDEX).sum(dim=1).clamp(min=1)  # (B,)
        return rows.mean().float()

    return {
        "Logits and labels are not shifted: every position is asked for the token that it has just read.": (
            lambda: mean_loss(logits, labels)
        ),
        "Logits and labels are shifted twice.": lambda: mean_loss(logits[:, :-2], labels[:, 2:]),
        "They are shifted the wrong way: logits[:, 1:] against labels[:, :-1].": (
            lambda: mean_loss(logits[:, 1:], labels[:, :-1])
        ),
        "The mean is taken over all positions, also those that are not supervised.": divided_by(targets.numel()),
        "The mean is taken over all B·T tokens, also those that are not supervised.": divided_by(labels.numel()),
        "It is the sum over the supervised tokens, not their mean.": divided_by(1),
        "It is divided by the number of all supervised labels, the unused first one of a row too.": (
            divided_by(count_labels(labels))
        ),
        "It is the mean of the rows' means; here every token counts the same.": mean_of_rows,
        "The sum over tokens is divided by the number of rows.": divided_by(labels.shape[0]),
        "The sign is wrong: the loss falls when the model gets worse.": lambda: -loss_oracle(logits, labels),
        "It is exp of the loss, the perplexity.": lambda: loss_oracle(logits, labels).exp(),
        "Masked labels are counted as token 0.": lambda: mean_loss(guesses, targets.clamp(min=0)),
    }


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


def ragged_labels(rng, rows, length, vocabulary):
    """Labels (rows, length): prompts and paddings of different lengths are -100, and one token within a reply."""
    labels = rng.randint(0, vocabulary, (rows, length))
    for row in range(rows):
        labels[row, : rng.randint(2, 4)] = IGNORE_INDEX
        if row:
            labels[row, length - row :] = IGNORE_INDEX
    labels[0, length - 2] = IGNORE_INDEX
    return labels


@exercise("sft_loss", points=2)
def test_the_mean_over_supervised_tokens(student, rng):
    logits, labels = 2 * rng.randn(3, 8, 7), ragged_labels(rng, 3, 8, 7)
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
