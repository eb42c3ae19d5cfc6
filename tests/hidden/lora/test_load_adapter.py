"""Hidden checks of `load_adapter`."""

from dataclasses import replace

import torch
from lora_oracles import TOL_FP32, LoRAOracle, expect_misfits_refused
from torch import nn

from autograder import builders
from autograder.checks import exercise, expect_close, fail, probe


@exercise("load_adapter", points=2)
def test_an_adapter_that_does_not_fit(student, rng):
    places = [(damage, at) for damage in ("missing", "transposed") for at in (0, rng.choice([1, 2]), -1)]
    others = [("unexpected", 0), ("renamed", rng.randint(0, 4)), ("unadapted", 0), ("nothing", 0)]
    expect_misfits_refused(student, rng, *places, *others)


@probe
def load_and_train(student, weight, bias, saved, own, x, direction, rate):
    """Load (A, B) into a model that holds others and has an optimizer, then train a step for output · direction.

    The output then, and with A and B set to zero; what is trainable, and what has become of the state.
    """
    states = []
    for pair in (saved, own):
        model = nn.Sequential(builders.linear(weight, bias))
        student.apply_lora(model, ["0"], pair[0].shape[0], 7)
        builders.fill(model, *pair)
        states.append(student.adapter_state_dict(model))
    optimizer = torch.optim.SGD([tensor for tensor in model.parameters() if tensor.requires_grad], lr=rate)
    student.load_adapter(model, states[0])
    trainable, output = sum(tensor.numel() for tensor in model.parameters() if tensor.requires_grad), model(x)
    if output.requires_grad:
        (output * direction).sum().backward()
        optimizer.step()
    trained, kept = model(x), torch.cat([torch.zeros(0), *(tensor.flatten() for tensor in states[0].values())])
    with torch.no_grad():
        for tensor in model.parameters():
            if tensor.requires_grad:
                tensor.zero_()
    return {"trainable": trainable, "output": trained, "kept": kept.sort().values, "cleared": model(x)}


@exercise("load_adapter")
def test_training_goes_on_after_loading(student, rng):
    r, d_in, d_out = rng.randint(2, 4), rng.randint(5, 8), rng.randint(8, 11)
    layer = LoRAOracle(rng.randn(d_out, d_in), rng.randn(d_out), rng.randn(r, d_in), rng.randn(d_out, r), alpha=7)
    x, direction, rate = rng.randn(3, d_in), rng.randn(3, d_out), 0.05
    own = [rng.randn(r, d_in), rng.randn(d_out, r)]
    result = student.run(load_and_train, layer.weight, layer.bias, [layer.A, layer.B], own, x, direction, rate)
    if result["trainable"] != r * (d_in + d_out):
        fail("Loading changes what is trainable in the model.")
    if not torch.allclose(result["cleared"], layer.base(x), **TOL_FP32):
        fail("Loading changes weights of the base.")
    trained = replace(
        layer,
        A=layer.A - rate * layer.scale * (direction @ layer.B).T @ x,  # (r, 3) @ (3, d_in)
        B=layer.B - rate * layer.scale * direction.T @ (x @ layer.A.T),  # (d_out, 3) @ (3, r)
    )
    expect_close(
        result["output"],
        trained.output(x),
        what="The output after loading and a training step",
        mistakes={
            "Loading replaces the parameters, so an optimizer that was made before trains tensors that nobody uses.": (
                layer.output(x)
            ),
        },
        rtol=1e-4,
        atol=1e-3,  # the step makes the update some ten times larger
    )
    if result["kept"].numel() != r * (d_in + d_out):
        fail("Loading changes the state it loads from, so that it can't be loaded again.")
    if not torch.equal(result["kept"], torch.cat([layer.A.flatten(), layer.B.flatten()]).sort().values):
        fail("The model shares memory with the state it was loaded from, so training changes the saved one.")


@probe
def load_into_a_tied_head(student, weight, A, B, x):
    """The output of an adapted layer that shares its weight with an embedding, as GPT-2's head, after loading."""
    models = []
    for _ in range(2):
        head = builders.linear(weight)
        model = nn.ModuleDict({"wte": nn.Embedding(*weight.shape), "head": head})
        model["wte"].weight = head.weight
        student.apply_lora(model, ["head"], A.shape[0], 7)
        models.append(model)
    builders.fill(models[0], A, B)
    student.load_adapter(models[1], student.adapter_state_dict(models[0]))
    return models[1]["head"](x)


@exercise("load_adapter")
def test_the_adapter_of_a_tied_head_is_loaded(student, rng):
    layer, x = LoRAOracle(rng.randn(9, 6), None, rng.randn(2, 6), rng.randn(9, 2), alpha=7), rng.randn(4, 6)
    output = student.run(load_into_a_tied_head, layer.weight, layer.A, layer.B, x)
    expect_close(output, layer.output(x), what="The output of a tied layer with a loaded adapter", rtol=1e-4, atol=1e-4)
