"""Hidden checks of `train_epoch`."""

import torch
from classification_oracles import any_iterable, expect_message, expect_two_epochs, labelled_batches
from torch import nn

from autograder import builders
from autograder.checks import exercise, expect_equal, expect_error, probe


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


@exercise("train_epoch", points=2)
def test_two_epochs_over_a_stream(student, rng):
    table, momentum, rate = rng.randn(7, 3), 0.8, 0.4
    batches = labelled_batches(rng, 7, 3, 4, 2, 3, length=4)
    with any_iterable():
        result = student.run(two_epochs, table, batches, momentum, rate)
    expect_two_epochs(result, table, batches, momentum, rate)  # the offset changes neither loss nor gradient
    expect_equal(result["offset"], torch.ones(3), what="What is frozen, after training,")


@exercise("train_epoch")
def test_an_epoch_without_batches(student, rng):
    table, momentum, rate = rng.randn(4, 3), 0.8, 0.4
    drawn = labelled_batches(rng, 4, 3, 1, 2, length=3)
    says = expect_message("The error for a loader that gives no batch has no message.")
    for batches in rng.permutation([drawn, []]):
        if batches:
            expect_two_epochs(student.run(two_epochs, table, batches, momentum, rate), table, batches, momentum, rate)
        else:
            with expect_error("ValueError", what="train_epoch with a loader that gives no batch"), says, any_iterable():
                student.run(two_epochs, table, batches, momentum, rate)
