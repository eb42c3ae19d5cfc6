"""Hidden checks of `accuracy`."""

import torch
from classification_oracles import any_iterable, expect_message, labelled_batches, table_logits, without_mask

from autograder import builders
from autograder.checks import exercise, expect_close, expect_error, fail, probe


@probe
def accuracy_of_table(student, table, batches):
    """The accuracy of a table over a stream, and its type."""
    fraction = student.accuracy(builders.TableClassifier(table), (batch for batch in batches))
    return {"accuracy": fraction, "kind": type(fraction).__name__}


def fraction_right(predictions, batches):
    """The fraction of examples, over all batches, whose predicted class (B,) is their label."""
    pairs = zip(predictions, batches, strict=True)
    return torch.cat([predicted == batch["labels"] for predicted, batch in pairs]).float().mean().item()


@exercise("accuracy")
def test_ragged_batches_of_four_classes(student, rng):
    table = rng.randn(9, 4)
    batches = labelled_batches(rng, 9, 4, 60, 43, 2, length=4)
    logits = [table_logits(table, batch) for batch in batches]  # (B, 4) each
    best = [one.argmax(dim=1) for one in logits]
    for batch, predicted in zip(batches, best, strict=True):  # make about 7 of 10 labels right
        keep = rng.rand(len(predicted)) < 0.6
        batch["labels"] = torch.where(keep, predicted, batch["labels"])
    with any_iterable():
        result = student.run(accuracy_of_table, table, batches)
    if result["kind"] == "Tensor":
        fail("The accuracy must be a plain float.")

    by_batch = [fraction_right([predicted], [batch]) for predicted, batch in zip(best, batches, strict=True)]
    expect_close(
        result["accuracy"],
        fraction_right(best, batches),
        what="The accuracy over ragged batches of four classes",
        mistakes={
            "It averages the batches' accuracies, so a small last batch counts too much.": sum(by_batch)
            / len(by_batch),
            "It gives how many are right; it must give the fraction.": sum(
                fraction * len(batch["labels"]) for fraction, batch in zip(by_batch, batches, strict=True)
            ),
            "The attention mask does not reach the model.": fraction_right(
                [table_logits(table, batch).argmax(dim=1) for batch in without_mask(batches)], batches
            ),
            "It looks at the first two classes only.": fraction_right(
                [one[:, :2].argmax(dim=1) for one in logits], batches
            ),
            "It asks whether class 1 has a positive logit; it must be the largest.": fraction_right(
                [(one[:, 1] > 0).long() for one in logits], batches
            ),
        },
    )


@exercise("accuracy")
def test_accuracy_without_batches(student, rng):
    table = rng.randn(9, 4)
    drawn = labelled_batches(rng, 9, 4, rng.randint(5, 30), rng.randint(31, 60), length=4)
    best = [table_logits(table, batch).argmax(dim=1) for batch in drawn]
    for batch, predicted, wrong in zip(drawn, best, (rng.randint(1, 4), 0), strict=True):
        batch["labels"] = predicted.clone()
        batch["labels"][:wrong] = (predicted[:wrong] + 1) % 4
    says = expect_message("The error for a loader that gives no batch has no message.")
    for batches in rng.permutation([drawn, []]):
        if batches:
            result = student.run(accuracy_of_table, table, batches)
            expect_close(result["accuracy"], fraction_right(best, batches), what="The accuracy over two batches")
        else:
            with expect_error("ValueError", what="accuracy with a loader that gives no batch"), says, any_iterable():
                student.run(accuracy_of_table, table, batches)
