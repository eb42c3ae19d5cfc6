"""Checks of `load_adapter`."""

import torch
from lora_oracles import expect_loading, expect_misfits_refused
from torch import nn

from autograder.checks import exercise, expect_equal, fail, probe


@probe
def round_trip(student, rank_saved, rank_loaded, x):
    """Fill an adapted model, save it, load that into a second one from the same base; outputs of both.

    Of an error its type, its message, and which of the saved tensors that names.
    """
    base = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 4))
    weights = {name: tensor.clone() for name, tensor in base.state_dict().items()}
    student.apply_lora(base, ["0", "2"], rank_saved, 7)
    with torch.no_grad():
        for tensor in base.parameters():
            if tensor.requires_grad:
                tensor.normal_()
    other = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 4))
    other.load_state_dict(weights)
    student.apply_lora(other, ["0", "2"], rank_loaded, 7)
    other[1].eval()  # in either mode, some layer is in the other
    for tensor in other.parameters():
        tensor.grad = torch.ones_like(tensor)
    modes, state, fresh = [layer.training for layer in other.modules()], student.adapter_state_dict(base), other(x)
    tensors = list(other.parameters())
    try:
        student.load_adapter(other, state)
    except Exception as error:
        if rank_saved == rank_loaded:
            raise
        named = [str(name) for name in state if str(name) in str(error)]
        return {"error": type(error).__name__, "message": str(error), "named": named}
    loaded, now = other(x), list(other.parameters())
    kept = {name: tensor.clone() for name, tensor in state.items()}
    with torch.no_grad():
        for tensor in now:
            tensor += 1.0  # as training goes on
    return {
        "error": None,
        "saved": base(x),
        "fresh": fresh,
        "loaded": loaded,
        "switched": modes != [layer.training for layer in other.modules()],
        "cleared": not all(tensor.grad is not None and tensor.grad.all() for tensor in tensors),
        "replaced": len(now) != len(tensors) or any(one is not two for one, two in zip(now, tensors, strict=False)),
        "shared": not all(torch.equal(kept[name], tensor) for name, tensor in state.items()),
    }


@exercise("load_adapter", points=2)
def test_a_loaded_adapter_computes_what_the_saved_one_did(student, rng):
    outputs = student.run(round_trip, 2, 2, rng.randn(3, 6))
    expect_equal(
        outputs["loaded"],
        outputs["saved"],
        what="The output after loading",
        mistakes={"load_adapter leaves the model as it was.": outputs["fresh"]},
        advice="Copy every tensor: under torch.no_grad(), parameter.copy_(state[name]).",
    )
    if outputs["switched"]:
        fail("Loading switches the model to train or eval mode.")
    if outputs["cleared"]:
        fail("Loading clears the model's gradients.")
    if outputs["replaced"]:
        fail("Loading replaces the parameters, so an optimizer that was made before trains tensors that nobody uses.")
    if outputs["shared"]:
        fail("The model shares memory with the state it was loaded from, so training changes the saved one.")
    expect_loading(student, rng)


@exercise("load_adapter")
def test_an_adapter_of_another_rank_is_an_error(student, rng):
    result = student.run(round_trip, 1, 3, rng.randn(3, 6))
    if result["error"] is None:
        fail(
            "An adapter of another rank is loaded without an error.",
            expected="ValueError",
            got="no error",
            advice="copy_ stretches a (1, d) tensor to (r, d): compare the shapes first.",
        )
    if result["error"] != "ValueError":
        fail(
            "load_adapter must reject an adapter of another rank with a ValueError.",
            expected="ValueError",
            got=f"{result['error']}: {result['message']}",
        )
    if not result["named"]:
        fail("The error for an adapter that does not fit does not name the tensor.", got=result["message"])
    if "apply_lora" not in result["message"]:
        fail("The error for an adapter that does not fit does not say to call apply_lora.", got=result["message"])
    expect_loading(student, rng)


@probe
def model_around_loading(student):
    """Whether the base's weights, what is trainable, and the state that is loaded are others after loading."""
    source, model = (nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 4)) for _ in range(2))
    for one in (source, model):
        student.apply_lora(one, ["0"], 2, 7)
    with torch.no_grad():
        for tensor in source.parameters():
            tensor.normal_()
    state = dict(student.adapter_state_dict(source))
    kept = {name: tensor.clone() for name, tensor in state.items()}
    frozen = [(tensor, tensor.clone()) for tensor in model.parameters() if not tensor.requires_grad]
    trainable = [tensor.requires_grad for tensor in model.parameters()]
    student.load_adapter(model, state)
    return {
        "trainable": [tensor.requires_grad for tensor in model.parameters()] == trainable,
        "base": all(torch.equal(*pair) for pair in frozen),
        "state": state.keys() == kept.keys() and all(torch.equal(state[name], kept[name]) for name in kept),
    }


@exercise("load_adapter")
def test_loading_changes_the_adapter_only(student, rng):
    same = student.run(model_around_loading)
    if not same["trainable"]:
        fail("Loading changes what is trainable in the model.")
    if not same["base"]:
        fail("Loading changes weights of the base.")
    if not same["state"]:
        fail("Loading changes the state it loads from, so that it can't be loaded again.")
    expect_loading(student, rng)


@exercise("load_adapter")
def test_an_adapter_with_too_much_or_too_little_is_an_error(student, rng):
    expect_misfits_refused(student, [("missing", -1), ("unexpected", 0), ("transposed", 0)])
    expect_loading(student, rng)
