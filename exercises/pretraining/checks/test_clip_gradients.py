"""Checks of `clip_gradients`."""

import torch
from pretraining_update_oracles import expect_clipped

from autograder.checks import exercise


def gradients(rng, *sizes):
    return [3 * rng.randn(*size) for size in sizes]


@exercise("clip_gradients")
def test_one_norm_over_all(student, rng):
    drawn = [torch.tensor([[-7.0, 0.5]]), *gradients(rng, (3,), (2, 4), (5, 2))]
    for values, limit in (
        ([torch.tensor([3.0]), torch.tensor([4.0])], 1.0),
        (rng.permutation(drawn), 2 + rng.rand().item()),
    ):
        expect_clipped(student, values, limit)


@exercise("clip_gradients")
def test_short_gradients_stay(student, rng):
    drawn = gradients(rng, (3, 2), (4,))
    norm = torch.cat([one.flatten() for one in drawn]).norm().item()
    for factor in rng.permutation([1.05, 3.0, 0.9]):
        expect_clipped(student, drawn, factor * norm)
    expect_clipped(student, [torch.zeros(3), torch.zeros(2, 2)], 0.5 + rng.rand().item())


@exercise("clip_gradients")
def test_parameters_without_gradients(student, rng):
    drawn = gradients(rng, (4,), (2, 3), (3,))
    for at in rng.permutation([0, 1, 3]):
        expect_clipped(student, [*drawn[:at], None, *drawn[at:]], 0.5 + rng.rand().item())
    expect_clipped(student, [None, None], 1.5)
    expect_clipped(student, [], 1.5)


@exercise("clip_gradients")
def test_parameters_that_come_once(student, rng):
    drawn, limit = gradients(rng, (4,), (2, 3)), 0.5 + rng.rand().item()
    expect_clipped(student, drawn, limit)
    expect_clipped(student, drawn, limit, once=True)
    expect_clipped(student, [None, *drawn], 1000.0, once=True)
