"""Checks of `train_epoch`."""

import math

import torch
from classification_oracles import (
    TOL_FP32,
    any_iterable,
    cross_entropy_gradient,
    expect_message,
    expect_two_epochs,
    labelled_batches,
    one_token_batches,
    table_logits,
)
from torch.nn import functional as F

from autograder import builders
from autograder.checks import StudentError, exercise, expect_close, expect_error, fail, probe


@probe
def train_table(student, table, batches, rate, train_mode):
    """One epoch of a table with SGD: the loss, the table after it, and the modes in which it was run."""
    modes = []

    class Watched(builders.TableClassifier):
        def forward(self, input_ids, attention_mask):
            modes.append(self.training)
            return super().forward(input_ids, attention_mask)

    model = Watched(table).train(train_mode)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    loss = student.train_epoch(model, batches, optimizer)
    return {"loss": loss, "table": model.rows.weight, "mode": model.training, "modes": modes}


def newest(gradients):
    """What a step goes along: the gradient of the batch that it belongs to."""
    return gradients[-1]


def sgd_epoch(table, batches, rate, *, gradient=cross_entropy_gradient, along=newest):
    """The table (V, C) after table ← table - rate · along(gradients so far) for each batch.

    The keywords are the two parts of a step that a mistake replaces.
    """
    gradients = []
    for batch in batches:
        gradients.append(gradient(table, batch))
        table = table - rate * along(gradients)
    return table


def summed_gradient(table, batch):
    """The gradient of the loss added up over a batch."""
    return len(batch["labels"]) * cross_entropy_gradient(table, batch)


def gradient_through_two_softmaxes(table, batch):
    """The gradient with a softmax before the loss, which puts another one on top."""
    table = table.clone().requires_grad_()
    F.cross_entropy(table_logits(table, batch).softmax(dim=1), batch["labels"]).backward()
    return table.grad


def newest_clipped(gradients):
    """The newest gradient, no longer than 1."""
    return gradients[-1] / gradients[-1].norm().clamp(min=1)


def one_before(gradients):
    """The gradient of the batch before; none yet at the first step."""
    return gradients[-2] if len(gradients) > 1 else torch.zeros_like(gradients[0])


@exercise("train_epoch", points=2)
def test_one_step_for_each_batch(student, rng):
    table, rate = rng.randn(6, 3), 0.5
    batches = labelled_batches(rng, 6, 3, 3, 3, 1, length=4)
    # The last text costs much: three times the same token, and the label that is thought the least likely
    batches[-1]["input_ids"][0], batches[-1]["attention_mask"][0, :3] = rng.randint(0, 6), 1
    batches[-1]["labels"] = table_logits(sgd_epoch(table, batches[:2], rate), batches[-1]).argmin(dim=1)
    result = student.run(train_table, table, batches, rate, True)
    expect_close(
        result["table"],
        sgd_epoch(table, batches, rate),
        what="The model after an epoch of three batches",
        mistakes={
            "The gradients are never cleared, so they pile up from batch to batch.": lambda: sgd_epoch(
                table, batches, rate, along=sum
            ),
            "The model is not trained at all: nothing has moved.": table,
            "The loss is added up over a batch, not averaged, so large batches take larger steps.": lambda: sgd_epoch(
                table, batches, rate, gradient=summed_gradient
            ),
            "The step is taken before backward, so with the gradient of the batch before.": lambda: sgd_epoch(
                table, batches, rate, along=one_before
            ),
            "The model learns from the first batch only.": lambda: sgd_epoch(table, batches[:1], rate),
            "Only the last batch is learned from.": lambda: sgd_epoch(table, batches[-1:], rate),
            "The batches are not taken in order.": lambda: sgd_epoch(table, batches[::-1], rate),
            "Gradients of all batches are collected for one step at the end.": lambda: (
                table - rate * sum(cross_entropy_gradient(table, batch) for batch in batches)
            ),
            "The gradient is clipped to norm 1.": lambda: sgd_epoch(table, batches, rate, along=newest_clipped),
            "A softmax is put on the logits, and cross_entropy puts another one on top.": lambda: sgd_epoch(
                table, batches, rate, gradient=gradient_through_two_softmaxes
            ),
        },
        advice="For each batch: clear the gradients, forward, loss, backward, step.",
        **TOL_FP32,
    )


@probe
def loss_of_epoch(student, table, batches):
    """The loss of an epoch in which nothing is learned, as the rate is 0, and of the same epoch again."""
    model = builders.TableClassifier(table)
    return [student.train_epoch(model, batches, torch.optim.SGD(model.parameters(), lr=0.0)) for _ in range(2)]


@exercise("train_epoch")
def test_the_mean_loss_is_per_example(student, rng):
    drawn = 0.6 + 0.3 * rng.rand().item(), 1 + 0.5 * rng.rand().item(), rng.randint(5, 9)
    for first, last, size in ((0.5, 2.5, 3), drawn):  # the docstring's losses and size of the first batch, and others
        # Logits (0, x) for class 0 cost log(1 + e^x).
        table = torch.tensor([[0.0, math.log(math.expm1(first))], [0.0, math.log(math.expm1(last))]])
        batches = one_token_batches([(0, 0)] * size, [(1, 0)])
        total = size * first + last
        loss, again = student.run(loss_of_epoch, table, batches)
        if isinstance(loss, float) and isinstance(again, float) and abs(loss - again) > 1e-4:
            fail("The same epoch has another loss the second time: something is kept from one call to the next.")
        expect_close(
            loss,
            total / (size + 1),
            what="The mean loss of a larger and a smaller batch",
            mistakes={
                "It averages the batches' losses, so a small last batch counts too much.": (first + last) / 2,
                "It returns the last batch's loss, not the mean of the epoch.": last,
                "It returns the sum over batches, not the mean per example.": first + last,
                "It returns the sum over examples, not the mean per example.": total,
                "It divides the sum of the batches' means by the number of examples.": (first + last) / (size + 1),
                "It divides the sum over examples by the number of batches.": total / 2,
                "It returns nothing; it must return the mean loss.": None,
            },
            advice="Weigh each batch's loss by how many examples it has.",
            **TOL_FP32,
        )


@exercise("train_epoch")
def test_training_is_in_train_mode(student, rng):
    table = rng.randn(6, 3)
    batches = labelled_batches(rng, 6, 3, 2, 2)
    result = student.run(train_table, table, batches, 0.1, False)
    if not all(result["modes"]):
        fail(
            "A model that comes in eval mode is trained in eval mode, without dropout.",
            advice="model.train() at the start.",
        )
    assert result["mode"] is True, "The model is not left in train mode."
    expect_close(result["table"], sgd_epoch(table, batches, 0.1), what="The model after an epoch", **TOL_FP32)


@probe
def train_with_gradient(student, table, batches, rate, gradient):
    """The table after one epoch with SGD, where it had this gradient before."""
    model = builders.TableClassifier(table)
    model.rows.weight.grad = gradient.clone()
    student.train_epoch(model, batches, torch.optim.SGD(model.parameters(), lr=rate))
    return model.rows.weight


@exercise("train_epoch")
def test_an_older_gradient_takes_no_part(student, rng):
    table, gradient, rate = rng.randn(6, 3), rng.randn(6, 3), 0.5
    batches = labelled_batches(rng, 6, 3, 2, 3)
    expect_close(
        student.run(train_with_gradient, table, batches, rate, gradient),
        sgd_epoch(table, batches, rate),
        what="The model after an epoch, where it had a gradient before,",
        mistakes={
            "A gradient that was there before the epoch goes into the first step.": lambda: sgd_epoch(
                table, batches, rate, along=lambda found: found[-1] + (gradient if len(found) == 1 else 0)
            ),
            "The gradients are never cleared, so they pile up from batch to batch.": lambda: sgd_epoch(
                table, batches, rate, along=lambda found: gradient + sum(found)
            ),
        },
        advice="optimizer.zero_grad() before the first backward() too.",
        **TOL_FP32,
    )


@probe
def train_table_on_stream(student, table, batches, rate):
    """The table after one epoch over an iterator, which has no length and can be gone through once."""
    model = builders.TableClassifier(table)
    student.train_epoch(model, iter(batches), torch.optim.SGD(model.parameters(), lr=rate))
    return model.rows.weight


@exercise("train_epoch")
def test_a_loader_may_be_gone_through_once_only(student, rng):
    table, rate = rng.randn(6, 3), 0.5
    batches = labelled_batches(rng, 6, 3, 2, 3)
    expected = sgd_epoch(table, batches, rate)
    in_list = student.run(train_table, table, batches, rate, True)["table"]
    expect_close(in_list, expected, what="The model after an epoch", **TOL_FP32)
    try:
        result = student.run(train_table_on_stream, table, batches, rate)
    except StudentError as error:
        if error.type == "TypeError" and "len()" in error.message:
            fail("It asks the loader for its length; any iterable of batches must do.")
        fail("The loader is gone through more than once, which not every iterable can.", got=str(error))
    expect_close(
        result,
        expected,
        what="The model after an epoch over an iterator",
        mistakes={
            "The loader is gone through more than once, which not every iterable can.": lambda: sgd_epoch(
                table, batches[1:], rate
            ),
        },
        **TOL_FP32,
    )


@probe
def train_twice(student, table, batches, momentum, rate):
    """Two epochs of a table over streams, with one optimizer that remembers."""
    model = builders.TableClassifier(table)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=momentum)
    losses = [student.train_epoch(model, (batch for batch in batches), optimizer) for _ in range(2)]
    return {"losses": losses, "kinds": [type(loss).__name__ for loss in losses], "table": model.rows.weight}


@exercise("train_epoch")
def test_a_second_epoch_over_a_stream(student, rng):
    table = torch.eye(3) + 0.1 * rng.randn(3, 3)
    batches = labelled_batches(rng, 3, 3, 2, 2, length=2)
    with any_iterable():
        result = student.run(train_twice, table, batches, 0.9, 0.5)
    expect_two_epochs(result, table, batches, 0.9, 0.5)


@exercise("train_epoch")
def test_an_empty_loader_is_an_error(student, rng):
    table, rate = rng.randn(6, 3), 0.5
    drawn = labelled_batches(rng, 6, 3, 2, 3)
    says = expect_message("The error for a loader that gives no batch has no message.")
    for batches in rng.permutation([drawn, []]):
        if batches:
            result = student.run(train_table_on_stream, table, batches, rate)
            expect_close(result, sgd_epoch(table, batches, rate), what="The model after an epoch", **TOL_FP32)
        else:
            with expect_error("ValueError", what="train_epoch with a loader that gives no batch"), says, any_iterable():
                student.run(train_table_on_stream, table, batches, rate)
