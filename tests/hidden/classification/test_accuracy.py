"""Hidden checks of `accuracy`."""

import torch
from classification_hidden_oracles import counts_of, epoch_of_nothing, ragged_batches
from torch import nn

from autograder.checks import StudentError, exercise, expect_close, expect_error, fail, probe


@exercise("accuracy")
def test_accuracy_without_batches(student):
    with expect_error("ValueError", what="accuracy with a loader that gives no batch"):
        student.run(epoch_of_nothing, "accuracy")


@probe
def accuracy_of_table(student, table, batches):
    """The accuracy of a model whose logits are the sum of its real tokens' rows, over a stream; and its type."""

    class Table(nn.Module):
        def forward(self, input_ids, attention_mask):
            return (table[input_ids] * attention_mask[..., None]).sum(dim=1)

    fraction = student.accuracy(Table(), (batch for batch in batches))
    return {"accuracy": fraction, "kind": type(fraction).__name__}


@exercise("accuracy")
def test_ragged_batches_of_four_classes(student, rng):
    table = rng.randn(9, 4)
    batches = ragged_batches(rng, 9, 4, 60, 43, 2)
    right = []
    for batch in batches:
        best = (counts_of(batch, 9) @ table).argmax(dim=1)
        keep = rng.rand(len(best)) < 0.6
        batch["labels"] = torch.where(keep, best, batch["labels"])
        right.append((best == batch["labels"]).float())
    try:
        seen = student.run(accuracy_of_table, table, batches)
    except StudentError as error:
        if error.type == "TypeError" and "len()" in error.message:
            fail("It asks the loader for its length; any iterable of batches must do.")
        raise
    if seen["kind"] != "float":
        fail("The accuracy must be a plain float.")

    def unmasked():
        wide = [{**batch, "attention_mask": torch.ones_like(batch["attention_mask"])} for batch in batches]
        pairs = [(counts_of(batch, 9) @ table).argmax(dim=1) == batch["labels"] for batch in wide]
        return torch.cat(pairs).float().mean().item()

    def two_classes():
        pairs = [(counts_of(batch, 9) @ table)[:, :2].argmax(dim=1) == batch["labels"] for batch in batches]
        return torch.cat(pairs).float().mean().item()

    def positive():
        pairs = [((counts_of(batch, 9) @ table)[:, 1] > 0).long() == batch["labels"] for batch in batches]
        return torch.cat(pairs).float().mean().item()

    expect_close(
        seen["accuracy"],
        torch.cat(right).mean().item(),
        what="The accuracy over ragged batches of four classes",
        mistakes={
            "It averages the batches' accuracies, so a small last batch counts too much.": (
                sum(found.mean().item() for found in right) / len(right)
            ),
            "The attention mask does not reach the model.": unmasked,
            "It looks at the first two classes only.": two_classes,
            "It asks whether class 1 has a positive logit; it must be the largest.": positive,
        },
    )
