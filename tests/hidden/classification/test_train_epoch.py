"""Hidden checks of `train_epoch`."""

import torch
from classification_hidden_oracles import counts_of, epoch_of_nothing, ragged_batches
from torch import nn
from torch.nn import functional as F

from autograder.checks import StudentError, exercise, expect_close, expect_equal, expect_error, fail, probe


@probe
def two_epochs(student, table, batches, momentum, rate):
    """Two epochs with one optimizer that remembers, over streams; a frozen part beside the table."""

    class Table(nn.Module):
        def __init__(self):
            super().__init__()
            self.rows = nn.Embedding(*table.shape, _weight=table.clone())
            self.offset = nn.Parameter(torch.ones(table.shape[1]), requires_grad=False)

        def forward(self, input_ids, attention_mask):
            return (self.rows(input_ids) * attention_mask[..., None]).sum(dim=1) + self.offset

    model = Table()
    optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=momentum)
    losses = [student.train_epoch(model, (batch for batch in batches), optimizer) for _ in range(2)]
    return {
        "losses": losses,
        "kinds": [type(loss).__name__ for loss in losses],
        "table": model.rows.weight,
        "offset": model.offset,
    }


def momentum_epochs(table, batches, momentum, rate, *, forget=False, after=False, masked=True):
    """Mean losses of two epochs and the table after them, with the formula of the gradient.

    The keywords make it wrong: momentum lost between epochs, losses taken after the step, the mask not used.
    """
    velocity, means = torch.zeros_like(table), []
    for _ in range(2):
        velocity = torch.zeros_like(table) if forget else velocity
        total = 0.0
        for batch in batches:
            batch = batch if masked else {**batch, "attention_mask": torch.ones_like(batch["attention_mask"])}
            counts, target = counts_of(batch, len(table)), F.one_hot(batch["labels"], table.shape[1]).float()
            log_probs = (counts @ table + 1).log_softmax(dim=1)
            gradient = counts.T @ (log_probs.exp() - target) / len(counts)
            velocity = momentum * velocity + gradient
            table = table - rate * velocity
            if after:
                log_probs = (counts @ table + 1).log_softmax(dim=1)
            total -= (log_probs * target).sum().item()
        means.append(total / sum(len(batch["labels"]) for batch in batches))
    return means, table


@exercise("train_epoch", points=2)
def test_two_epochs_over_a_stream(student, rng):
    table, momentum, rate = rng.randn(7, 3), 0.8, 0.4
    batches = ragged_batches(rng, 7, 3, 4, 2, 3)
    try:
        seen = student.run(two_epochs, table, batches, momentum, rate)
    except StudentError as error:
        if error.type == "TypeError" and "len()" in error.message:
            fail("It asks the loader for its length; any iterable of batches must do.")
        raise
    losses, right = momentum_epochs(table, batches, momentum, rate)
    expect_close(
        seen["table"],
        right,
        what="The model after two epochs with momentum",
        mistakes={
            "The optimizer's memory is lost between epochs.": lambda: momentum_epochs(
                table, batches, momentum, rate, forget=True
            )[1],
            "The attention mask does not reach the model.": lambda: momentum_epochs(
                table, batches, momentum, rate, masked=False
            )[1],
        },
        rtol=1e-3,
        atol=1e-3,
    )
    expect_equal(seen["offset"], torch.ones(3), what="What is frozen, after training,")
    if any(kind != "float" for kind in seen["kinds"]):
        fail("The mean loss must be a plain float; a tensor with a graph would keep every batch in memory.")
    expect_close(
        seen["losses"],
        losses,
        what="The mean losses of two epochs",
        mistakes={
            "The losses are measured after each step, not before it.": lambda: momentum_epochs(
                table, batches, momentum, rate, after=True
            )[0],
        },
        rtol=1e-3,
        atol=1e-3,
    )


@exercise("train_epoch")
def test_an_epoch_without_batches(student):
    with expect_error("ValueError", what="train_epoch with a loader that gives no batch"):
        student.run(epoch_of_nothing, "train_epoch")
