"""Checks of `load_adapter`."""

import torch
from torch import nn

from autograder.checks import StudentError, exercise, expect_close, expect_equal, fail, probe


@probe
def round_trip(student, rank_saved, rank_loaded, x):
    """Fill an adapted model, save it, load that into a second one from the same base; outputs of both."""
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
    fresh = other(x)
    student.load_adapter(other, student.adapter_state_dict(base))
    return {"saved": base(x), "fresh": fresh, "loaded": other(x)}


@probe
def filled_state(student, weight, A, B):
    """What is saved of one adapted layer whose A and B hold these numbers."""
    model = nn.Sequential(nn.Linear(weight.shape[1], weight.shape[0]))
    student.apply_lora(model, ["0"], A.shape[0], 7)
    with torch.no_grad():
        for tensor in model.parameters():
            for values in (A, A.T, B, B.T):
                if tensor.requires_grad and tensor.shape == values.shape:
                    tensor.copy_(values)
    return student.adapter_state_dict(model)


@probe
def loaded_output(student, weight, bias, r, state, x):
    """The output of an adapted layer after loading a state."""
    model = nn.Sequential(nn.Linear(weight.shape[1], weight.shape[0]))
    model.load_state_dict({"0.weight": weight, "0.bias": bias})
    student.apply_lora(model, ["0"], r, 7)
    student.load_adapter(model, state)
    return model(x)


def expect_loading(student, rng):
    """Fail unless a state that was changed here, each number of it doubled, is what the model computes with.

    Ends the checks that can only ask the student's process whether two things there are the same.
    """
    weight, bias, A, B, x = rng.randn(5, 8), rng.randn(5), rng.randn(3, 8), rng.randn(5, 3), rng.randn(4, 8)
    state = student.run(filled_state, weight, A, B)
    output = student.run(loaded_output, weight, bias, 3, {name: 2 * tensor for name, tensor in state.items()}, x)
    right = x @ weight.T + bias + 4 * 7 / 3 * x @ (B @ A).T
    expect_close(output, right, what="The output with a loaded adapter", rtol=1e-4, atol=1e-3)


@exercise("load_adapter", points=2)
def test_a_loaded_adapter_computes_what_the_saved_one_did(student, rng):
    seen = student.run(round_trip, 2, 2, rng.randn(3, 6))
    expect_equal(
        seen["loaded"],
        seen["saved"],
        what="The output after loading",
        mistakes={"load_adapter leaves the model as it was.": seen["fresh"]},
        advice="Copy every tensor: under torch.no_grad(), parameter.copy_(state[name]).",
    )
    expect_loading(student, rng)


@exercise("load_adapter")
def test_an_adapter_of_another_rank_is_an_error(student, rng):
    x = rng.randn(3, 6)
    try:
        student.run(round_trip, 1, 3, x)
    except StudentError as error:
        if error.type == "ValueError":
            expect_loading(student, rng)
            return
        fail("An adapter of another rank must be refused with a ValueError.", expected="ValueError", got=str(error))
    fail(
        "An adapter of another rank is loaded in silence.",
        expected="ValueError",
        got="no error",
        advice="copy_ stretches a (1, d) tensor to (r, d): compare the shapes first.",
    )
