"""Hidden checks of `load_adapter`."""

import torch
from lora_oracles import expect_loading
from torch import nn

from autograder.checks import exercise, expect_equal, fail, probe


@probe
def load_damaged(student, damage):
    """Load a damaged adapter; the exception's name, and whether the model's tensors are what they were."""
    source = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 4))
    model = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 4))
    student.apply_lora(source, ["0", "2"], 2, 7)
    with torch.no_grad():
        for tensor in source.parameters():
            tensor.normal_()
    state = dict(student.adapter_state_dict(source))
    last = list(state)[-1]
    if damage == "missing":
        del state[last]
    elif damage == "unexpected":
        state["and_another"] = torch.ones(2, 2)
    elif damage == "transposed":
        state[last] = state[last].T.clone()
    if damage != "unadapted":
        student.apply_lora(model, ["0", "2"], 2, 7)
    before = [tensor.detach().clone() for tensor in model.parameters()]
    try:
        student.load_adapter(model, state)
        error = None
    except Exception as raised:
        error = type(raised).__name__
    return {"error": error, "same": all(map(torch.equal, before, model.parameters()))}


@exercise("load_adapter", points=2)
def test_an_adapter_that_does_not_fit(student, rng):
    silent = {
        "missing": "An adapter that lacks a tensor is loaded without an error.",
        "unexpected": "An adapter with an extra tensor is loaded without an error.",
        "transposed": "A tensor of another shape is loaded without an error.",
        "unadapted": "An adapter is loaded without an error into a model that was not adapted.",
    }
    for damage, sentence in silent.items():
        result = student.run(load_damaged, damage)
        if result["error"] is None:
            fail(sentence)
        if result["error"] != "ValueError":
            fail("load_adapter must reject an adapter that does not fit with a ValueError.", got=result["error"])
        if not result["same"]:
            fail("After an error the adapter is loaded in part.")
    expect_loading(student, rng)


@probe
def load_and_train(student, x):
    """Load into a model whose optimizer exists already, then train a step; the state before and after, the outputs."""
    source = nn.Sequential(nn.Linear(6, 5))
    model = nn.Sequential(nn.Linear(6, 5))
    model.load_state_dict(source.state_dict())
    for one in (source, model):
        student.apply_lora(one, ["0"], 2, 7)

    # Save the values that `source` was trained to
    with torch.no_grad():
        for tensor in source.parameters():
            if tensor.requires_grad:
                tensor.normal_()
    state = student.adapter_state_dict(source)
    kept = {name: tensor.clone() for name, tensor in state.items()}

    # Load
    optimizer = torch.optim.SGD([tensor for tensor in model.parameters() if tensor.requires_grad], lr=0.1)
    student.load_adapter(model, state)
    loaded = student.adapter_state_dict(model)
    trainable = sum(tensor.requires_grad for tensor in model.parameters())

    # Train on
    before = model(x)
    model(x).sum().backward()
    optimizer.step()
    return {
        "kept": kept,
        "loaded": loaded,
        "trainable": trainable,
        "moved": not torch.equal(before, model(x)),
        "state_same": all(torch.equal(kept[name], state[name]) for name in kept),
    }


@exercise("load_adapter")
def test_training_goes_on_after_loading(student, rng):
    result = student.run(load_and_train, rng.randn(3, 6))
    kept, loaded = result["kept"], result["loaded"]
    equal = [torch.equal(kept[name], tensor) for name, tensor in loaded.items() if name in kept]
    if any(equal) and not all(equal):
        fail("Only one of A and B is loaded.")
    expect_equal(loaded, kept, what="The adapter that the model holds after loading")
    if result["trainable"] != 2:
        fail("After loading the adapter is no longer trainable.")
    if not result["moved"]:
        fail("Loading replaces the parameters, so an optimizer that was made before trains tensors that nobody uses.")
    if not result["state_same"]:
        fail("The model shares memory with the state it was loaded from, so training changes the saved one.")
    expect_loading(student, rng)
