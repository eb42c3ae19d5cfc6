"""Checks of `accuracy`."""

import torch
from classification_oracles import one_token_batches
from torch import nn

from autograder import builders
from autograder.checks import AnyOf, exercise, expect_close, expect_equal, fail, probe


@probe
def measure(student, table, batches, train_mode):
    """The accuracy of a model that in train mode says the opposite; what measuring did to the model and its mode."""
    graphs = []

    class Watched(builders.TableClassifier):
        def forward(self, input_ids, attention_mask):
            logits = super().forward(input_ids, attention_mask)
            graphs.append(logits.requires_grad)
            return -logits if self.training else logits

    model = Watched(table).train(train_mode)
    model.frozen = nn.Parameter(torch.zeros(1), requires_grad=False)
    model.rows.weight.grad = 2 * table
    return {
        "accuracy": student.accuracy(model, batches),
        "mode": model.training,
        "graphs": graphs,
        "grad_enabled": torch.is_grad_enabled(),
        "table": model.rows.weight,
        "trainable": [name for name, tensor in model.named_parameters() if tensor.requires_grad],
        "gradient": model.rows.weight.grad,
    }


@exercise("accuracy")
def test_accuracy_docstring_example(student):
    table = torch.tensor([[2.0, 1.0], [-1.0, 3.0]])  # token 0 means class 0, token 1 class 1
    batches = one_token_batches([(0, 0), (1, 1), (1, 1)], [(0, 1)])
    for train_mode in (False, True):
        result = student.run(measure, table, batches, train_mode)
        expect_close(
            result["accuracy"],
            0.75,
            what="The accuracy of the docstring's example",
            mistakes={
                "It averages the batches' accuracies, so a small last batch counts too much.": 0.5,
                "It measures in train mode, with dropout.": 0.25,
                "It gives a percentage; it must give a fraction from 0 to 1.": 75.0,
                "It gives how many are right; it must give the fraction.": 3,
                "It measures the first batch only.": 1.0,
                "It measures the last batch only.": 0.0,
            },
            advice="Count right answers and examples over all batches, then divide once.",
        )


@exercise("accuracy")
def test_measuring_leaves_no_trace(student, rng):
    table = torch.tensor([[2.0, 1.0], [-1.0, 3.0]]) + 0.1 * rng.randn(2, 2)
    for train_mode in (True, False):
        result = student.run(measure, table, one_token_batches([(0, 0), (1, 1)]), train_mode)
        if any(result["graphs"]):
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
    right, wrong = rng.randint(1, 6), rng.randint(1, 6)
    batches = one_token_batches([(0, 0)] * right, [(1, 0)] * wrong)
    result = student.run(measure_without_gradients, table, batches)
    expect_close(result["accuracy"], right / (right + wrong), what="The accuracy where gradients are off")
    assert not result["grad_enabled"], "It switches gradients on, although they were off before."
