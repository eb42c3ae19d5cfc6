"""Checks of `train_epoch`."""

import math

import torch
from classification_oracles import FP32
from torch import nn
from torch.nn import functional as F

from autograder.checks import exercise, expect_close, fail, probe


@probe
def train_table(student, table, batches, rate, train_mode, as_stream):
    """One epoch of a model whose logits are the sum of its tokens' rows in a table; SGD."""

    class Table(nn.Module):
        def __init__(self):
            super().__init__()
            self.rows = nn.Embedding(*table.shape, _weight=table.clone())
            self.modes = []

        def forward(self, input_ids, attention_mask):
            self.modes.append(self.training)
            return (self.rows(input_ids) * attention_mask[..., None]).sum(dim=1)

    model = Table().train(train_mode)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    loss = student.train_epoch(model, iter(batches) if as_stream else batches, optimizer)
    return {"loss": loss, "table": model.rows.weight, "mode": model.training, "modes": model.modes}


def labelled(rng, table, *sizes):
    """Batches of these sizes for a model of that table, ragged, with labels."""
    batches = []
    for size in sizes:
        lengths = [rng.randint(1, 5) for _ in range(size)]
        mask = torch.tensor([[1] * length + [0] * (max(lengths) - length) for length in lengths])
        ids = rng.randint(0, len(table), mask.shape)
        labels = rng.randint(0, table.shape[1], (size,))
        batches.append({"input_ids": ids, "attention_mask": mask, "labels": labels})
    return batches


def tokens_in(one, vocabulary):
    """(B, V): how often each token stands in each text."""
    return (F.one_hot(one["input_ids"], vocabulary) * one["attention_mask"][..., None]).sum(dim=1).float()


def epoch(table, batches, rate, *, mean=True, clear=True, step=True, last_gradient=False):
    """Losses and the table after an epoch, by the formula of the gradient: counts' (softmax - one-hot) / B.

    The keywords make it wrong: a summed loss, gradients that pile up, no step, a step with the batch before's gradient.
    """
    losses, gradient = [], torch.zeros_like(table)
    for one in batches:
        counts = tokens_in(one, len(table))
        log_probs = (counts @ table).log_softmax(dim=1)
        target = F.one_hot(one["labels"], table.shape[1]).float()
        losses.append(-(log_probs * target).sum(dim=1).mean().item())
        fresh = counts.T @ (log_probs.exp() - target) / (len(counts) if mean else 1)
        used = gradient if last_gradient else fresh if clear else gradient + fresh
        gradient = fresh if last_gradient else used
        table = table - rate * used * step
    return losses, table


@exercise("train_epoch", points=2)
def test_one_step_for_each_batch(student, rng):
    table, rate = rng.randn(6, 3), 0.5
    batches = labelled(rng, table, 3, 3, 1)
    seen = student.run(train_table, table, batches, rate, True, False)
    losses, right = epoch(table, batches, rate)
    expect_close(
        seen["table"],
        right,
        what="The model after an epoch of three batches",
        mistakes={
            "The gradients are never cleared, so they pile up from batch to batch.": lambda: epoch(
                table, batches, rate, clear=False
            )[1],
            "The model is not trained at all: nothing has moved.": table,
            "The loss is added up over a batch, not averaged, so large batches take larger steps.": lambda: epoch(
                table, batches, rate, mean=False
            )[1],
            "The step is taken before backward, so with the gradient of the batch before.": lambda: epoch(
                table, batches, rate, last_gradient=True
            )[1],
            "The model learns from the first batch only.": lambda: epoch(table, batches[:1], rate)[1],
            "Only the last batch is learned from.": lambda: table + epoch(table, batches[-1:], rate)[1] - table,
            "Gradients of all batches are collected for one step at the end.": lambda: (
                table + sum(epoch(table, [one], rate)[1] - table for one in batches)
            ),
            "A softmax is put on the logits, and cross_entropy puts another one on top.": lambda: twice_softmaxed(
                table, batches, rate
            ),
        },
        advice="For each batch: clear the gradients, forward, loss, backward, step.",
        **FP32,
    )


def twice_softmaxed(table, batches, rate):
    """The table after an epoch with a softmax before the loss."""
    for one in batches:
        rows = table.clone().requires_grad_()
        F.cross_entropy((tokens_in(one, len(rows)) @ rows).softmax(dim=1), one["labels"]).backward()
        table = table - rate * rows.grad
    return table


@exercise("train_epoch")
def test_the_mean_loss_is_per_example(student, rng):
    # Rate 0, so that the losses are those of the docstring: logits (0, x) for class 0 cost log(1 + e^x).
    table = torch.tensor([[0.0, math.log(math.expm1(0.5))], [0.0, math.log(math.expm1(2.5))]])
    batches = [
        {
            "input_ids": torch.tensor([[token]] * size),
            "attention_mask": torch.ones(size, 1, dtype=torch.int64),
            "labels": torch.zeros(size, dtype=torch.int64),
        }
        for token, size in ((0, 3), (1, 1))
    ]
    seen = student.run(train_table, table, batches, 0.0, True, False)
    expect_close(
        seen["loss"],
        1.0,
        what="The mean loss of the docstring's example",
        mistakes={
            "It averages the batches' losses, so a small last batch counts too much.": 1.5,
            "It returns the last batch's loss, not the mean of the epoch.": 2.5,
            "It returns the sum over batches, not the mean per example.": 3.0,
            "It returns the sum over examples, not the mean per example.": 4.0,
            "It divides the sum of the batches' means by the number of examples.": 0.75,
            "It divides the sum over examples by the number of batches.": 2.0,
            "It returns nothing; it must return the mean loss.": None,
        },
        advice="Weigh each batch's loss by how many examples it has.",
        **FP32,
    )


@exercise("train_epoch")
def test_training_is_in_train_mode(student, rng):
    table = rng.randn(6, 3)
    batches = labelled(rng, table, 2, 2)
    seen = student.run(train_table, table, batches, 0.1, False, False)
    if not all(seen["modes"]):
        fail(
            "A model that comes in eval mode is trained in eval mode, without dropout.",
            advice="model.train() at the start.",
        )
    assert seen["mode"] is True, "The model is not left in train mode."
    expect_close(seen["table"], epoch(table, batches, 0.1)[1], what="The model after an epoch", **FP32)
