"""Checks of `adapter_state_dict`."""

import torch
from torch import nn

from autograder import builders
from autograder.checks import AnyOf, exercise, expect_close, expect_equal, fail, probe


@probe
def saved_state(student, r, values, modes, gradients):
    """Adapt a small model, save it, overwrite its trainable tensors, and look at what was saved."""
    # The layers have the same name in both blocks; sizes tell A from B and the one from the other
    model = nn.Sequential(nn.Sequential(nn.Linear(6, 5)), nn.Tanh(), nn.Sequential(nn.Linear(7, 4)))
    student.apply_lora(model, ["0.0", "2.0"], r, 7)
    layers, trainable = [model, *model], [tensor for tensor in model.parameters() if tensor.requires_grad]
    for layer, mode in zip(layers, modes, strict=True):
        layer.training = mode
    with torch.no_grad():
        for index, tensor in enumerate(trainable):
            tensor.fill_(values[index % 4])
            tensor.grad = torch.full_like(tensor, gradients[index % 4])
    state = student.adapter_state_dict(model)

    def first_entries():
        return sorted(float(tensor.detach().flatten()[0]) for tensor in state.values())

    saved = first_entries()
    grads = [None if tensor.grad is None else float(tensor.grad.flatten()[0]) for tensor in trainable[:4]]
    with torch.no_grad():
        for tensor in model.parameters():
            tensor.fill_(-1.0)
    return {
        "sizes": sorted(tensor.numel() for tensor in state.values()),
        "values": saved,
        "later": first_entries(),
        "modes": [layer.training for layer in layers],
        "gradients": grads,
        "graph": any(tensor.requires_grad for tensor in state.values()),
        "base": sorted(tensor.numel() for tensor in model.parameters() if not tensor.requires_grad),
    }


@probe
def saved_in_double(student, A, B):
    """The numbers saved of one adapter in fp64, in order of size."""
    model = nn.Sequential(nn.Linear(A.shape[1], B.shape[0], dtype=torch.float64))
    student.apply_lora(model, ["0"], A.shape[0], 7)
    builders.fill(model, A, B)
    state = student.adapter_state_dict(model)
    return torch.cat([torch.zeros(0), *(tensor.flatten().double() for tensor in state.values())]).sort().values


def run_saved(student, rng, r, values):
    """What `saved_state` gives, and the modes and gradients that were drawn for it."""
    modes, gradients = rng.permutation([True, True, False, False]), rng.rand(4).tolist()
    return student.run(saved_state, r, values, modes, gradients), modes, gradients


@exercise("adapter_state_dict")
def test_only_the_adapters_are_saved(student, rng):
    r, values = 3, [0.0, *rng.rand(3).tolist()]  # one of the tensors is still zero
    saved, _, _ = run_saved(student, rng, r, values)
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
    A, B = (rng.randn(*size, dtype=torch.float64) for size in ((r, 6), (5, r)))
    numbers = torch.cat([A.flatten(), B.flatten()]).sort().values
    expect_equal(
        student.run(saved_in_double, A, B),
        numbers,
        what="The numbers saved of an adapter in fp64",
        mistakes={
            "An adapter in fp64 is saved in a lower precision; a copy has every digit.": AnyOf(
                *(numbers.to(dtype).double() for dtype in (torch.float32, torch.float16, torch.bfloat16))
            ),
        },
    )


@exercise("adapter_state_dict")
def test_a_saved_state_stays_as_it_was(student, rng):
    values = rng.rand(4).tolist()
    saved, modes, gradients = run_saved(student, rng, 2, values)
    if saved["later"] != saved["values"]:
        fail(
            "The saved tensors are the model's own, so training on changes what was saved.",
            advice="tensor.detach().clone()",
        )
    if saved["modes"] != modes:
        fail("Saving switches the model to train or eval mode, in which training would go on.")
    if saved["gradients"] != gradients:
        fail("Saving clears the model's gradients.")
    if saved["graph"]:
        fail("The saved tensors still require gradients; they must be detached.")
    expect_close(saved["later"], sorted(values), what="The values saved")


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
