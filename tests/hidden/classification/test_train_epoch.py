"""Hidden checks of `train_epoch`."""

import torch
from classification_oracles import cross_entropy_gradient, expect_message, labelled_batches, table_logits
from torch import nn
from torch.nn import functional as F

from autograder import builders
from autograder.checks import StudentError, exercise, expect_close, expect_equal, expect_error, fail, probe


@probe
def two_epochs(student, table, batches, momentum, rate):
    """Two epochs with one optimizer that remembers, over streams; a frozen offset is added to the table's logits."""

    class WithOffset(builders.TableClassifier):
        def __init__(self, table):
            super().__init__(table)
            self.offset = nn.Parameter(torch.ones(table.shape[1]), requires_grad=False)

        def forward(self, input_ids, attention_mask):
            return super().forward(input_ids, attention_mask) + self.offset

    model = WithOffset(table)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=momentum)
    losses = [student.train_epoch(model, (batch for batch in batches), optimizer) for _ in range(2)]
    return {
        "losses": losses,
        "kinds": [type(loss).__name__ for loss in losses],
        "table": model.rows.weight,
        "offset": model.offset,
    }


def momentum_steps(table, batches, momentum, rate):
    """The table (V, C) before the first step and after each: v ← momentum · v + gradient, table ← table - rate · v.

    The offset adds 1 to every class's logit, which changes neither loss nor gradient.
    """
    tables, velocity = [table], torch.zeros_like(table)
    for batch in batches:
        velocity = momentum * velocity + cross_entropy_gradient(tables[-1], batch)
        tables.append(tables[-1] - rate * velocity)
    return tables


def mean_loss(tables, batches):
    """The cross-entropy per example, each batch with its own table."""
    pairs = list(zip(tables, batches, strict=True))
    total = sum(F.cross_entropy(table_logits(*pair), pair[1]["labels"], reduction="sum").item() for pair in pairs)
    return total / sum(len(batch["labels"]) for batch in batches)


def without_mask(batches):
    """The same batches with a mask of ones."""
    return [{**batch, "attention_mask": torch.ones_like(batch["attention_mask"])} for batch in batches]


@exercise("train_epoch", points=2)
def test_two_epochs_over_a_stream(student, rng):
    table, momentum, rate = rng.randn(7, 3), 0.8, 0.4
    batches = labelled_batches(rng, 7, 3, 4, 2, 3, length=4)
    try:
        result = student.run(two_epochs, table, batches, momentum, rate)
    except StudentError as error:
        if error.type == "TypeError" and "len()" in error.message:
            fail("It asks the loader for its length; any iterable of batches must do.")
        raise
    tables = momentum_steps(table, [*batches, *batches], momentum, rate)
    end_of_first = len(batches)
    forgetful = momentum_steps(tables[end_of_first], batches, momentum, rate)
    unmasked = momentum_steps(table, without_mask([*batches, *batches]), momentum, rate)
    expect_close(
        result["table"],
        tables[-1],
        what="The model after two epochs with momentum",
        mistakes={
            "The optimizer's state is lost between epochs.": forgetful[-1],
            "The attention mask does not reach the model.": unmasked[-1],
        },
        rtol=1e-3,
        atol=1e-3,
    )
    expect_equal(result["offset"], torch.ones(3), what="What is frozen, after training,")
    if any(kind != "float" for kind in result["kinds"]):
        fail("The mean loss must be a plain float; a tensor with a graph would keep every batch in memory.")
    before_steps = tables[:end_of_first], tables[end_of_first:-1]
    after_steps = tables[1 : end_of_first + 1], tables[end_of_first + 1 :]
    expect_close(
        result["losses"],
        [mean_loss(epoch, batches) for epoch in before_steps],
        what="The mean losses of two epochs",
        mistakes={
            "The losses are measured after each step, not before it.": [
                mean_loss(epoch, batches) for epoch in after_steps
            ],
        },
        rtol=1e-3,
        atol=1e-3,
    )


@probe
def train_on_nothing(student):
    """train_epoch with a loader that gives no batch."""
    model = nn.Linear(2, 2)
    return student.train_epoch(model, iter([]), torch.optim.SGD(model.parameters(), lr=0.1))


@exercise("train_epoch")
def test_an_epoch_without_batches(student):
    says = expect_message("The error for a loader that gives no batch has no message.")
    with expect_error("ValueError", what="train_epoch with a loader that gives no batch"), says:
        student.run(train_on_nothing)
