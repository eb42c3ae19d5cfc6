"""Hidden checks of `count_parameters`."""

import torch
from torch import nn

from autograder.checks import exercise, expect_equal, fail, probe


@probe
def count_shared(student, vocabulary, width):
    """Counts of a model that uses one tensor twice and has buffers; of one without parameters; all frozen."""
    model = nn.Module()
    model.embedding, model.output = nn.Embedding(vocabulary, width), nn.Linear(width, vocabulary, bias=False)
    model.output.weight = model.embedding.weight
    model.norm = nn.BatchNorm1d(width)
    shared = student.count_parameters(model)
    for parameter in model.parameters():
        parameter.requires_grad = False
    return [shared, student.count_parameters(model), student.count_parameters(nn.Tanh())]


@exercise("count_parameters")
def test_a_shared_tensor_counts_once(student, rng):
    vocabulary, width = rng.randint(50, 200), rng.randint(5, 30)
    shared, norm = vocabulary * width, 2 * width
    total = shared + norm
    result = student.run(count_shared, vocabulary, width)
    if any(isinstance(number, (float, torch.Tensor)) for pair in result if isinstance(pair, tuple) for number in pair):
        fail("The counts must be ints.")
    expect_equal(
        result,
        [(total, total), (total, 0), (0, 0)],
        what="The counts of a model that uses one tensor twice",
        mistakes={
            "A parameter that is used in two places is counted twice.": [
                (total + shared, total + shared),
                (total + shared, 0),
                (0, 0),
            ],
            "Among the trainable ones, a parameter that is used in two places is counted twice.": [
                (total, total + shared),
                (total, 0),
                (0, 0),
            ],
            "Buffers are counted as if they were parameters.": [
                (total + norm + 1, total),
                (total + norm + 1, 0),
                (0, 0),
            ],
            "Buffers are counted, and a parameter that is used in two places is counted twice.": [
                (total + shared + norm + 1, total),
                (total + shared + norm + 1, 0),
                (0, 0),
            ],
        },
    )
