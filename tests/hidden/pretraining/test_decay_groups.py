"""Hidden checks of `decay_groups`."""

import torch
from pretraining_update_oracles import expect_grouped
from torch import nn

from autograder.checks import exercise, expect_close, probe


@exercise("decay_groups")
def test_models_of_many_layers(student, rng):
    layers = ["embedding", "linear", "norm", "convolution", "scalar", "bare", "linear", "norm"]
    kinds = rng.permutation(layers)
    expect_grouped(student, kinds, 0.05 + rng.rand().item())
    expect_grouped(student, kinds, 0.05 + rng.rand().item(), frozen=rng.permutation(range(12))[:5])


@exercise("decay_groups")
def test_tied_and_frozen(student, rng):
    kinds = rng.permutation(["embedding", "norm", "linear", "bare", "scalar"])
    # the tied weight is the first parameter of two dimensions of either layer
    for frozen in ([0, 1, 2], [3, 4], rng.permutation(range(6))[:3]):
        expect_grouped(student, kinds, 0.05 + rng.rand().item(), frozen=frozen, tie=True)
    expect_grouped(student, ["linear", "norm"], 0.3, frozen=[0, 1, 2, 3])


@probe
def after_a_step(student, values, lr, weight_decay):
    """A model's numbers after a step of SGD with gradients of 0: only what is decayed moves."""
    model = nn.Sequential(nn.Embedding(3, 2), nn.Linear(2, 3), nn.LayerNorm(3))
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), values, strict=True):
            parameter.copy_(value)
            parameter.grad = torch.zeros_like(parameter)
    torch.optim.SGD(student.decay_groups(model, weight_decay), lr=lr).step()
    return [parameter.detach() for parameter in model.parameters()]


@exercise("decay_groups")
def test_an_optimizer_takes_the_groups(student, rng):
    values = [rng.randn(*size) for size in ((3, 2), (3, 2), (3,), (3,), (3,))]
    lr, decay = 0.1 + 0.1 * rng.rand().item(), 0.5 + rng.rand().item()
    got = student.run(after_a_step, values, lr, decay)
    expected = [value * (1 - lr * decay) if value.ndim > 1 else value for value in values]
    expect_close(
        got,
        expected,
        what="The list of parameters after a step in which only the decay moves them",
        mistakes={
            sentence: [value * (1 - lr * decay) for value in values]
            for sentence in (
                "Biases and gains of norms are decayed, too.",
                "The second group is decayed like the first.",
            )
        },
    )
