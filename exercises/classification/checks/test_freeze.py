"""Checks of `freeze`."""

import torch
from classification_oracles import TOL_FP32
from torch import nn

from autograder import builders
from autograder.checks import AnyOf, exercise, expect_close, expect_equal, fail, probe


@probe
def frozen(student, own):
    """What is trainable after freeze, and what it did to modes, buffers and values."""
    inner = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Dropout(0.5))
    module = nn.Sequential(nn.Embedding(5, 4), inner, nn.LayerNorm(4))
    module.register_parameter("own", nn.Parameter(own.clone()))
    module.own.grad = 2 * own
    inner.register_parameter("scale", nn.Parameter(own.clone()))  # neither a weight nor a bias
    inner[1].eval()  # a mix of modes, as people have it
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    modes = [part.training for part in module.modules()]
    student.freeze(module)
    after = module.state_dict()
    return {
        "trainable": [name for name, tensor in module.named_parameters() if tensor.requires_grad],
        "parameters": len(list(module.parameters())),
        "modes": [modes, [part.training for part in module.modules()]],
        "same": after.keys() == before.keys() and all(torch.equal(before[name], after[name]) for name in before),
        "own": module.own.detach(),
        "gradient": module.own.grad,
    }


@exercise("freeze")
def test_no_parameter_is_left_trainable(student, rng):
    own = rng.randn(3)
    result = student.run(frozen, own)
    trainable = result["trainable"]
    if len(trainable) == 9:
        fail(
            "Nothing is frozen: every parameter still asks for a gradient.",
            got=trainable,
            advice="eval() switches dropout off; it does not freeze. Look for requires_grad.",
        )
    if trainable and all("." in name for name in trainable):
        fail("Only the module's own parameters are frozen, not those of the modules inside it.", got=trainable)
    if trainable == ["own", "1.scale"]:
        fail("Only what is called weight or bias is frozen; a parameter may have any name.", got=trainable)
    if trainable == ["own"]:
        fail("Only the modules inside are frozen, not the module's own parameters.", got=trainable)
    if trainable and all("weight" not in name for name in trainable):
        fail("Only weights are frozen; biases and other parameters are still trainable.", got=trainable)
    if trainable:
        fail("Some parameters are still trainable.", expected=[], got=trainable)
    if result["parameters"] != 9:
        fail("freeze takes parameters out of the module; it must leave them there, untrainable.")
    expect_equal(result["own"], own, what="The module's own parameter after freeze")


@exercise("freeze")
def test_freezing_changes_nothing_else(student, rng):
    own = rng.randn(3)
    result = student.run(frozen, own)
    if result["parameters"] != 9:
        fail("freeze takes parameters out of the module; it must leave them there, untrainable.")
    if result["modes"][0] != result["modes"][1]:
        fail(
            "freeze switches modules between train and eval mode.",
            advice="Dropout and batch statistics have nothing to do with what is trained.",
        )
    if not result["same"]:
        fail("freeze changes values: parameters and buffers must stay as they are.")
    expect_equal(result["own"], own, what="The module's own parameter after freeze")
    expect_equal(
        result["gradient"],
        2 * own,
        what="A gradient that was there before freeze",
        mistakes={"freeze clears gradients; it must set requires_grad and nothing else.": AnyOf(None, torch.zeros(3))},
    )


@probe
def through_a_frozen_layer(student, weight, x):
    """The gradient of the sum of a frozen layer's output at its input; None where there is no graph."""
    layer = builders.linear(weight)
    student.freeze(layer)
    x = x.clone().requires_grad_()
    output = layer(x)
    if output.requires_grad:
        output.sum().backward()
    return x.grad


@exercise("freeze")
def test_a_frozen_layer_passes_gradients_on(student, rng):
    weight, x = rng.randn(3, 4), rng.randn(2, 4)
    gradient = student.run(through_a_frozen_layer, weight, x)
    if gradient is None or not gradient.any():
        fail("No gradient gets through a frozen module to what comes before it.")
    what = "The gradient of what comes before a frozen layer"
    expect_close(gradient, weight.sum(dim=0).expand(2, 4), what=what, **TOL_FP32)
