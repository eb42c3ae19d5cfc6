"""Hidden checks of `clip_gradients`."""

import torch
from pretraining_update_oracles import expect_clipped

from autograder.checks import exercise


@exercise("clip_gradients")
def test_gradients_of_many_shapes(student, rng):
    for once in (False, True):
        drawn = [2 * rng.randn(*size) for size in ((), (1,), (2, 3, 4), (1, 5), (30,))]
        norm = torch.cat([one.flatten() for one in drawn]).norm().item()
        for factor in (0.01, 0.5, 0.97, 1.03, 50.0):
            expect_clipped(student, rng.permutation([*drawn, None, None]), factor * norm, once=once)


@exercise("clip_gradients")
def test_one_gradient_and_none(student, rng):
    only = 3 * rng.randn(4, 2)
    for values in ([only], [None, only], [only, None], [torch.zeros(3), only], [only, torch.zeros(2, 2)]):
        expect_clipped(student, values, 1.0 + rng.rand().item())
    for values in ([None], [], [torch.zeros(4)], [None, torch.zeros(1)]):
        expect_clipped(student, values, 0.5, once=True)


@exercise("clip_gradients")
def test_gradients_far_from_1(student, rng):
    for scale, limit in rng.permutation([(1e6, 1.0), (1e4, 250.0), (1e-3, 1.0), (1.0, 0.25), (30.0, 12.0)]):
        expect_clipped(student, [scale * rng.randn(3, 2), scale * rng.randn(4)], limit)
    expect_clipped(student, [rng.randn(5, dtype=torch.float64), rng.randn(2, 2, dtype=torch.float64)], 0.5)
