"""Checks of `count_parameters`."""

from torch import nn

from autograder.checks import exercise, expect_equal, probe


@probe
def counts(student):
    """Counts for a linear layer, as it is and with its weight frozen."""
    layer = nn.Linear(4, 3)
    trainable = student.count_parameters(layer)
    layer.weight.requires_grad_(False)
    return [trainable, student.count_parameters(layer)]


@exercise("count_parameters")
def test_count_parameters_docstring_example(student):
    expect_equal(
        student.run(counts),
        [(15, 15), (15, 3)],
        what="count_parameters of nn.Linear(4, 3), whole and with its weight frozen,",
        mistakes={
            "It gives (trainable, total); total comes first.": [(15, 15), (3, 15)],
            "It gives how many are frozen, not how many are trainable.": [(15, 0), (15, 12)],
            "It counts tensors, not their elements.": [(2, 2), (2, 1)],
            "Its total leaves frozen parameters out.": [(15, 15), (3, 3)],
            "Biases are not counted.": [(12, 12), (12, 0)],
            "Every parameter is counted as trainable.": [(15, 15), (15, 15)],
        },
        advice="numel() of every parameter, and of those with requires_grad.",
    )
