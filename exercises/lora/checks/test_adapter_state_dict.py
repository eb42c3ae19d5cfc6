"""Checks of `adapter_state_dict`."""

import torch
from torch import nn

from autograder.checks import exercise, expect_close, expect_equal, fail, probe


@probe
def saved_state(student, r, numbers):
    """Adapt a small model, save it, overwrite its trainable tensors, and look at what was saved."""
    model = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 4))
    student.apply_lora(model, ["0", "2"], r, 7)
    with torch.no_grad():
        for number, tensor in enumerate(p for p in model.parameters() if p.requires_grad):
            tensor.fill_(numbers[number % 4])
    state = student.adapter_state_dict(model)
    sizes = sorted(tensor.numel() for tensor in state.values())
    values = sorted(float(tensor.mean()) for tensor in state.values())
    with torch.no_grad():
        for tensor in model.parameters():
            tensor.fill_(-1.0)
    later = sorted(float(tensor.mean()) for tensor in state.values())
    return {
        "sizes": sizes,
        "values": values,
        "later": later,
        "graph": any(tensor.requires_grad for tensor in state.values()),
        "base": sorted(tensor.numel() for tensor in model.parameters() if not tensor.requires_grad),
    }


@exercise("adapter_state_dict")
def test_the_detours_and_nothing_else(student, rng):
    r, numbers = 3, rng.rand(4).tolist()
    seen = student.run(saved_state, r, numbers)
    right = sorted([r * 6, 5 * r, r * 5, 4 * r])
    expect_equal(
        seen["sizes"],
        right,
        what="The sizes of the saved tensors",
        mistakes={
            "The base's weights are saved too.": sorted(right + seen["base"]),
            "The base's weights are saved, and not the detours.": seen["base"],
            "Only one of A and B is saved.": sorted([5 * r, 4 * r]),
            "Names collide, so that only the last layer's detour is saved.": sorted([5 * r, 4 * r][1:] + [r * 5]),
        },
        advice="One name per tensor, for instance those of model.named_parameters().",
    )
    expect_close(seen["values"], sorted(numbers), what="The values saved")


@exercise("adapter_state_dict")
def test_a_saved_state_stays_as_it_was(student, rng):
    numbers = rng.rand(4).tolist()
    seen = student.run(saved_state, 2, numbers)
    if seen["later"] != seen["values"]:
        fail(
            "The saved tensors are the model's own, so training on changes what was saved.",
            advice="tensor.detach().clone()",
        )
    assert not seen["graph"], "The saved tensors still ask for gradients; they must be detached."
    expect_close(sorted(set(seen["later"])), sorted(numbers), what="The values saved", atol=1e-5)
