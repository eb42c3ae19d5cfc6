"""Hidden checks of `freeze`."""

import torch
from classification_oracles import TOL_FP32
from torch import nn

from autograder import builders
from autograder.checks import exercise, expect_close, fail, probe


@probe
def through_frozen(student, inner, outer, x, direction):
    """Freeze a layer between an input and a head, twice: the input's gradient, and what learns."""
    layer = nn.Sequential(builders.linear(inner, torch.zeros(3)), nn.Tanh())
    head = builders.linear(outer)
    layer[0].weight.requires_grad_(False)  # partly frozen already
    student.freeze(layer)
    student.freeze(layer)
    student.freeze(nn.Dropout(0.5))  # nothing in it to freeze
    x = x.clone().requires_grad_()
    output = head(layer(x))
    if not output.requires_grad:
        return {"input": None, "head": False, "frozen": []}
    (output * direction).sum().backward()
    return {
        "input": x.grad,
        "head": head.weight.grad is not None,
        "frozen": [name for name, tensor in layer.named_parameters() if tensor.grad is not None],
    }


@exercise("freeze")
def test_gradients_flow_through_what_is_frozen(student, rng):
    inner, outer, x, direction = rng.randn(3, 4), rng.randn(2, 3), rng.randn(5, 4), rng.randn(5, 2)
    result = student.run(through_frozen, inner, outer, x, direction)
    if result["input"] is None or not result["input"].any():
        fail("No gradient gets through a frozen module to what comes before it.")
    if not result["head"]:
        fail("No gradient reaches a head after a frozen module.")
    if result["frozen"]:
        fail("A frozen parameter gets a gradient.")
    expected = ((direction @ outer) * (1 - (x @ inner.T).tanh() ** 2)) @ inner
    expect_close(result["input"], expected, what="The gradient of what comes before a frozen module", **TOL_FP32)
