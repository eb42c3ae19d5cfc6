"""The shapes of what stands in the line that raised."""

import pytest
import torch

from autograder.common import wire
from autograder.inside.executor import Executor

SOURCE = """
import torch
from torch import nn


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.A = nn.Parameter(torch.zeros(5, 8))
        self.inner = nn.Linear(3, 3)

    @property
    def loud(self):
        raise SystemExit

    def forward(self, x):
        return x @ self.A + self.loud  # y


def layer(x):
    return Layer()(x)


def inner(x):
    self = Layer()
    return x @ self.inner.weight


def product(x, y):
    unused = torch.zeros(9)
    return (
        x
        @ y
    )


def cat(x):
    heads = [x, x[0]]
    return torch.cat(heads)


def kinds(x):
    y = x.double()
    return x @ y.T


def index(x):
    return x[0, 0, 0]


def unwritten(x):
    raise ValueError("the shape of x")


def other(x):
    return x.no_such_name


def no_tensor(x):
    n = 3
    return int("a dimension" + str(n))
"""


def lines_of(name, *arguments):
    worker = Executor(in_process=True)
    worker.handle(
        wire.encode({"op": "load", "lesson": "toy", "path": "toy.py", "files": {"toy/toy.py": SOURCE.encode()}})
    )
    request = {"op": "call", "name": name, "args": list(arguments), "kwargs": {}, "seed": 0}
    reply = wire.decode(worker.handle(wire.encode(request)))
    worker.unload()
    return reply["error"]["lines"]


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("layer", [torch.zeros(3, 4)], "where x is (3, 4), self.A is (5, 8)"),
        ("inner", [torch.zeros(2, 4)], "where x is (2, 4), self.inner.weight is (3, 3)"),
        ("product", [torch.zeros(3, 4), torch.zeros(3, 4)], "where x is (3, 4), y is (3, 4)"),
        ("cat", [torch.zeros(3, 4)], "where heads is [(3, 4), (4,)]"),
        ("kinds", [torch.zeros(3, 4)], "where x is (3, 4) float32, y is (3, 4) float64"),
        ("index", [torch.zeros(3, 4)], "where x is (3, 4)"),
        ("unwritten", [torch.zeros(3)], None),
        ("other", [torch.zeros(3)], None),
        ("no_tensor", [torch.zeros(3)], None),
    ],
)
def test_the_tensors_of_the_line_are_told(name, arguments, said):
    *_, last = lines_of(name, *arguments)
    first, _, more = last.partition("\n")
    assert first.startswith("toy.py:") and more.strip() == (said or "")


def test_only_the_innermost_line_is_told():
    outer, inner = lines_of("layer", torch.zeros(3, 4))
    assert "where" not in outer and "forward" in inner
