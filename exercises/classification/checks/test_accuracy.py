"""Checks of `accuracy`."""

import torch
from classification_oracles import any_iterable, expect_message, one_token_batches
from torch import nn

from autograder import builders
from autograder.checks import AnyOf, exercise, expect_close, expect_equal, expect_error, fail, probe


@probe
def measure(student, table, batches, train_mode):
    """The accuracy of a table, what measuring did to it and its mode, and how it was run."""
    graphs, modes = [], []

    class Watched(builders.TableClassifier):
        def forward(self, input_ids, attention_mask):
            logits = super().forward(input_ids, attention_mask)
            graphs.append(logits.requires_grad)
            modes.append(self.training)
            return logits

    model = Watched(table).train(train_mode)
    model.frozen = nn.Parameter(torch.zeros(1), requires_grad=False)
    model.rows.weight.grad = 2 * table
    return {
        "accuracy": student.accuracy(model, batches),
        "mode": model.training,
        "graph": any(graphs),
        "train_mode": any(modes),
        "grad_enabled": torch.is_grad_enabled(),
        "table": model.rows.weight,
        "trainable": [name for name, tensor in model.named_parameters() if tensor.requires_grad],
        "gradient": model.rows.weight.grad,
    }


@probe
def fraction_in_mode(student, table, batches, train_mode):
    """The accuracy of a model that in train mode says the opposite, and whether it was run in train mode."""
    modes = []

    class Watched(builders.TableClassifier):
        def forward(self, input_ids, attention_mask):
            logits = super().forward(input_ids, attention_mask)
            modes.append(self.training)
            return -logits if self.training else logits

    return {"accuracy": student.accuracy(Watched(table).train(train_mode), batches), "train_mode": any(modes)}


@exercise("accuracy")
def test_the_fraction_is_of_all_batches_together(student, rng):
    table = torch.tensor([[2.0, -1.0], [-1.0, 3.0]]) + 0.1 * rng.randn(2, 2)  # token 0 means class 0, token 1 class 1
    # A batch that is all right and a smaller one of which some are; then those of the docstring
    for size, right, wrong in ((rng.randint(9, 40), rng.randint(1, 4), rng.randint(4, 8)), (3, 0, 1)):
        pairs = rng.permutation([(0, 0), (1, 1)] * size)
        few = pairs[:right] + [rng.choice([(0, 1), (1, 0)]) for _ in range(wrong)]
        batches, count = one_token_batches(pairs[:size], rng.permutation(few)), size + right + wrong
        for train_mode in (False, True):
            result = student.run(fraction_in_mode, table, batches, train_mode)
            if result["train_mode"]:
                fail("It measures in train mode, with dropout.", advice="model.eval() before the loop.")
            expect_close(
                result["accuracy"],
                (size + right) / count,
                what="The accuracy over a batch that is all right and a smaller one",
                mistakes={
                    "It averages the batches' accuracies, so a small last batch counts too much.": (
                        1 + right / (right + wrong)
                    )
                    / 2,
                    "A small last batch is counted as if it were as large as the first.": (size + right) / (2 * size),
                    "It looks for the smallest logit; it must be the largest.": wrong / count,
                    "It gives a percentage; it must give a fraction from 0 to 1.": 100 * (size + right) / count,
                    "It gives how many are right; it must give the fraction.": size + right,
                    "It measures the first batch only.": 1.0,
                    "It measures the last batch only.": right / (right + wrong),
                },
                advice="Count right answers and examples over all batches, then divide once.",
            )


@exercise("accuracy")
def test_measuring_leaves_no_trace(student, rng):
    table = torch.tensor([[2.0, 1.0], [-1.0, 3.0]]) + 0.1 * rng.randn(2, 2)
    right, wrong = rng.randint(7, 30), rng.randint(1, 7)
    for train_mode in (True, False):
        result = student.run(measure, table, one_token_batches([(0, 0)] * right, [(1, 0)] * wrong), train_mode)
        if result["train_mode"]:
            fail("It measures in train mode, with dropout.", advice="model.eval() before the loop.")
        expect_close(result["accuracy"], right / (right + wrong), what="The accuracy of a model that is watched")
        if result["graph"]:
            fail("It builds a graph while it measures.", advice="torch.no_grad() around the loop.")
        if result["mode"] is not train_mode:
            fail(
                "The mode that the model came in is not restored.",
                expected=f"training={train_mode}",
                got=f"training={result['mode']}",
                advice="Remember model.training before you call eval().",
            )
        assert result["grad_enabled"], "It leaves gradients switched off afterwards."
        expect_equal(result["table"], table, what="The model after measuring")
        if result["trainable"] != ["rows.weight"]:
            fail(
                "What is trainable in the model has changed after measuring.",
                expected=["rows.weight"],
                got=result["trainable"],
                advice="torch.no_grad() is enough; no flag of the model has to change.",
            )
        expect_equal(
            result["gradient"],
            2 * table,
            what="A gradient that was there before measuring",
            mistakes={"Measuring clears the model's gradients.": AnyOf(None, torch.zeros(2, 2))},
        )


@probe
def measure_without_gradients(student, table, batches):
    """The accuracy where gradients are off before, and whether they are on afterwards."""
    with torch.no_grad():
        fraction = student.accuracy(builders.TableClassifier(table), batches)
        return {"accuracy": fraction, "grad_enabled": torch.is_grad_enabled()}


@exercise("accuracy")
def test_gradients_stay_off_where_they_were_off(student, rng):
    table = torch.tensor([[2.0, 1.0], [-1.0, 3.0]]) + 0.1 * rng.randn(2, 2)
    right, wrong = rng.randint(7, 30), rng.randint(1, 7)
    batches = one_token_batches([(0, 0)] * right, [(1, 0)] * wrong)
    result = student.run(measure_without_gradients, table, batches)
    expect_close(result["accuracy"], right / (right + wrong), what="The accuracy where gradients are off")
    assert not result["grad_enabled"], "It switches gradients on, although they were off before."


@probe
def accuracy_of_stream(student, table, batches):
    """The accuracy of a table over a stream, and its type."""
    fraction = student.accuracy(builders.TableClassifier(table), (batch for batch in batches))
    return {"accuracy": fraction, "kind": type(fraction).__name__}


@exercise("accuracy")
def test_four_classes_over_a_stream(student, rng):
    # Each token means its own class, by a negative logit, and least of all the class after it. The padding on the right
    # means the class after that, twice.
    table = 4 * torch.eye(4) - torch.eye(4).roll(1, dims=1) - 6 + 0.1 * rng.rand(4, 4)
    zeros = rng.choice([2, 3, 4, 6, 7, 8])  # so many that no two mistakes give the same
    order = rng.permutation([(2, 2), (3, 3), (1, 1), (3, 2)] + zeros * [(0, 0)])  # token, label
    batches = one_token_batches(order, [(2, 3), (1, 1), (1, 1)])
    for batch in batches:
        padding = (batch["input_ids"] + 2) % 4
        batch["input_ids"] = torch.cat([batch["input_ids"], padding, padding], dim=1)
        batch["attention_mask"] = torch.tensor([[1, 0, 0]]).expand(len(padding), 3).contiguous()
    with any_iterable():
        result = student.run(accuracy_of_stream, table, batches)
    if result["kind"] == "Tensor":
        fail("The accuracy must be a plain float.")
    expect_close(
        result["accuracy"],
        (5 + zeros) / (7 + zeros),
        what="The accuracy over a stream of batches of four classes",
        mistakes={
            "It averages the batches' accuracies, so a small last batch counts too much.": (
                (3 + zeros) / (4 + zeros) + 2 / 3
            )
            / 2,
            "It looks at the first two classes only.": (3 + zeros) / (7 + zeros),
            "It asks whether class 1 has a positive logit; it must be the largest.": zeros / (7 + zeros),
            "It looks for the smallest logit; it must be the largest.": 1 / (7 + zeros),
            "The attention mask does not reach the model.": 0.0,
            "It gives how many are right; it must give the fraction.": 5 + zeros,
            "It gives a percentage; it must give a fraction from 0 to 1.": 100 * (5 + zeros) / (7 + zeros),
            "It measures the first batch only.": (3 + zeros) / (4 + zeros),
            "It measures the last batch only.": 2 / 3,
        },
        advice="argmax over all classes of what the model gives for ids and mask.",
    )


@exercise("accuracy")
def test_no_batch_is_an_error(student, rng):
    table = torch.tensor([[2.0, 1.0], [-1.0, 3.0]]) + 0.1 * rng.randn(2, 2)
    right, wrong = rng.randint(7, 30), rng.randint(1, 7)
    says = expect_message("The error for a loader that gives no batch has no message.")
    for batches in rng.permutation([one_token_batches([(0, 0)] * right, [(1, 0)] * wrong), []]):
        if batches:
            result = student.run(accuracy_of_stream, table, batches)
            expect_close(result["accuracy"], right / (right + wrong), what="The accuracy over two batches")
        else:
            with expect_error("ValueError", what="accuracy with a loader that gives no batch"), says, any_iterable():
                student.run(accuracy_of_stream, table, batches)
