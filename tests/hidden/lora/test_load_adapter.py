"""Hidden checks of `load_adapter`."""

import torch
from lora_oracles import LoRAOracle, expect_loading, expect_misfits_refused
from torch import nn

from autograder import builders
from autograder.checks import exercise, expect_close, expect_equal, fail, probe


@exercise("load_adapter", points=2)
def test_an_adapter_that_does_not_fit(student, rng):
    one, other = rng.permutation(range(4))[:2]
    cases = [("missing", 0), ("missing", one), ("unexpected", 0), ("transposed", -1), ("transposed", other)]
    expect_misfits_refused(student, [*cases, ("unadapted", 0)])
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
