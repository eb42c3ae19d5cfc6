"""Checks of `adapter_state_dict`."""

import torch
from torch import nn

from autograder.checks import AnyOf, exercise, expect_close, expect_equal, fail, probe


@probe
def saved_state(student, r, values):
    """Adapt a small model, save it, overwrite its trainable tensors, and look at what was saved."""
    # The layers have the same name in both blocks; sizes tell A from B and the one from the other
    model = nn.Sequential(nn.Sequential(nn.Linear(6, 5)), nn.Tanh(), nn.Sequential(nn.Linear(7, 4)))
    student.apply_lora(model, ["0.0", "2.0"], r, 7)
    with torch.no_grad():
        for index, tensor in enumerate(p for p in model.parameters() if p.requires_grad):
            tensor.fill_(values[index % 4])
    model[1].eval()  # in either mode, some layer is in the other
    for tensor in model.parameters():
        tensor.grad = torch.ones_like(tensor)
    modes = [layer.training for layer in model.modules()]
    state = student.adapter_state_dict(model)
    sizes = sorted(tensor.numel() for tensor in state.values())
    means = sorted(float(tensor.mean()) for tensor in state.values())
    with torch.no_grad():
        for tensor in model.parameters():
            tensor.fill_(-1.0)
    later = sorted(float(tensor.mean()) for tensor in state.values())
    return {
        "sizes": sizes,
        "values": means,
        "later": later,
        "switched": modes != [layer.training for layer in model.modules()],
        "cleared": not all(tensor.grad is not None and tensor.grad.all() for tensor in model.parameters()),
        "graph": any(tensor.requires_grad for tensor in state.values()),
        "base": sorted(tensor.numel() for tensor in model.parameters() if not tensor.requires_grad),
    }


@exercise("adapter_state_dict")
def test_only_the_adapters_are_saved(student, rng):
    r, values = 3, [0.0, *rng.rand(3).tolist()]  # one of the tensors is still zero
    saved = student.run(saved_state, r, values)
    expected = sorted([r * 6, 5 * r, r * 7, 4 * r])
    expect_equal(
        saved["sizes"],
        expected,
        what="The sizes of the saved tensors",
        mistakes={
            "The base's weights are saved too.": sorted(expected + saved["base"]),
            "The base's weights are saved, and not the adapters.": saved["base"],
            "Only one of A and B is saved.": AnyOf(sorted([5 * r, 4 * r]), sorted([r * 6, r * 7])),
            "Names collide between blocks, so that only the last is saved.": sorted([4 * r, r * 7]),
            "Tensors that are still zero are not saved, but they belong to the adapter.": AnyOf(
                *(sorted(expected[:one] + expected[one + 1 :]) for one in range(4))
            ),
        },
        advice="One name per tensor, for instance those of model.named_parameters().",
    )
    expect_close(saved["values"], sorted(values), what="The values saved")


@exercise("adapter_state_dict")
def test_a_saved_state_stays_as_it_was(student, rng):
    values = rng.rand(4).tolist()
    saved = student.run(saved_state, 2, values)
    if saved["later"] != saved["values"]:
        fail(
            "The saved tensors are the model's own, so training on changes what was saved.",
            advice="tensor.detach().clone()",
        )
    if saved["switched"]:
        fail("Saving switches the model to train or eval mode, in which training would go on.")
    if saved["cleared"]:
        fail("Saving clears the model's gradients.")
    assert not saved["graph"], "The saved tensors still require gradients; they must be detached."
    expect_close(sorted(set(saved["later"])), sorted(values), what="The values saved", atol=1e-5)


@probe
def model_around_saving(student, r):
    """Whether weights of an adapted model, or what is trainable in it, are others after saving; the sizes saved."""
    model = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 4))
    student.apply_lora(model, ["0"], r, 7)
    tensors = list(model.parameters())
    with torch.no_grad():
        for tensor in tensors:
            tensor.fill_(0.5)
    trainable, values = [tensor.requires_grad for tensor in tensors], [tensor.detach().clone() for tensor in tensors]
    state = student.adapter_state_dict(model)
    now = list(model.parameters())
    return {
        "trainable": [tensor.requires_grad for tensor in now] == trainable,
        "values": len(now) == len(values) and all(map(torch.equal, now, values)),
        "sizes": sorted(tensor.numel() for tensor in state.values()),
    }


@exercise("adapter_state_dict")
def test_saving_leaves_the_model_as_it_was(student, rng):
    r = rng.randint(7, 30)
    saved = student.run(model_around_saving, r)
    if not saved["trainable"]:
        fail("Saving changes what is trainable in the model.")
    if not saved["values"]:
        fail("Saving changes weights of the model.")
    expect_equal(saved["sizes"], [5 * r, r * 6], what="The sizes saved of a model in which one layer is adapted")
