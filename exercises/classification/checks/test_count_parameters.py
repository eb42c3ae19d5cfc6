"""Checks of `count_parameters`."""

import torch
from torch import nn

from autograder.checks import AnyOf, exercise, expect_equal, fail, probe


@probe
def counts(student, gradient):
    """Counts for a linear layer: in train mode, then in eval mode with its weight frozen. What counting did to it."""
    layer = nn.Linear(4, 3)
    layer.bias.grad = gradient.clone()
    trainable, modes = student.count_parameters(layer), [layer.training]
    layer.eval().weight.requires_grad_(False)
    partly, modes = student.count_parameters(layer), [*modes, layer.training]
    return {"counts": [trainable, partly], "modes": modes, "gradient": layer.bias.grad}


@exercise("count_parameters")
def test_count_parameters_docstring_example(student, rng):
    gradient = rng.randn(3)
    result = student.run(counts, gradient)
    expect_equal(
        result["counts"],
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
    if result["modes"] != [True, False]:
        fail("Counting switches the module between train and eval mode.", expected=[True, False], got=result["modes"])
    expect_equal(
        result["gradient"],
        gradient,
        what="The bias's gradient after counting",
        mistakes={"Counting clears gradients; it must change nothing.": AnyOf(None, torch.zeros(3))},
    )


@probe
def flags_around_counting(student, width):
    """The counts of a module of which some parameters are frozen; what is trainable in it before and after."""
    module = nn.Sequential(nn.Linear(width, 3), nn.LayerNorm(3))
    module[0].weight.requires_grad_(False)
    before = [tensor.requires_grad for tensor in module.parameters()]
    counts = student.count_parameters(module)
    return {"counts": counts, "same": before == [tensor.requires_grad for tensor in module.parameters()]}


@exercise("count_parameters")
def test_counting_changes_no_flag(student, rng):
    width = rng.randint(5, 50)
    result = student.run(flags_around_counting, width)
    expect_equal(result["counts"], (3 * width + 9, 9), what="The counts of a module whose first weight is frozen")
    if not result["same"]:
        fail("Counting changes what is trainable.")


@probe
def shared_and_buffers(student, vocabulary, width):
    """Counts of two layers that share one tensor, and of a norm that has buffers."""
    model = nn.Module()
    model.embedding, model.output = nn.Embedding(vocabulary, width), nn.Linear(width, vocabulary, bias=False)
    model.output.weight = model.embedding.weight
    return [student.count_parameters(model), student.count_parameters(nn.BatchNorm1d(width))]


@exercise("count_parameters")
def test_no_buffer_and_nothing_twice(student, rng):
    vocabulary, width = rng.randint(50, 200), rng.randint(5, 30)
    shared, norm, buffers = vocabulary * width, 2 * width, 2 * width + 1
    expect_equal(
        student.run(shared_and_buffers, vocabulary, width),
        [(shared, shared), (norm, norm)],
        what="The counts of two layers that share a tensor, and of a norm with buffers,",
        mistakes={
            "A parameter that is used in two places is counted twice.": [(2 * shared, 2 * shared), (norm, norm)],
            "Among the trainable ones, a parameter that is used in two places is counted twice.": [
                (shared, 2 * shared),
                (norm, norm),
            ],
            "Buffers are counted as if they were parameters.": AnyOf(
                [(shared, shared), (norm + buffers, norm)], [(shared, shared), (norm + buffers - 1, norm)]
            ),
            "Buffers are counted, and a parameter that is used in two places is counted twice.": AnyOf(
                [(2 * shared, shared), (norm + buffers, norm)], [(2 * shared, 2 * shared), (norm + buffers, norm)]
            ),
        },
    )
