"""Hidden checks of `adamw_step`."""

import torch
from pretraining_update_oracles import expect_stepped

from autograder.checks import exercise


@exercise("adamw_step")
def test_many_steps(student, rng):
    start = rng.randn(4, dtype=torch.float64)
    usual = [3e-3, [0.9, 0.95], 1e-2, 0.1]
    steps = [(0, rng.randn(4, dtype=torch.float64), [usual[0] * (1 + at % 5), *usual[1:]]) for at in range(30)]
    expect_stepped(student, [start], steps, *rng.choice([("copied",), ("trained",)]))


@exercise("adamw_step")
def test_parameters_of_any_shape(student, rng):
    for size in rng.permutation([(), (1,), (2, 3, 2), (1, 4)]):
        dtype = rng.choice([torch.float32, torch.float64])
        given = [0.1, [0.7, 0.9], 0.05, 0.8]
        steps = [(0, rng.randn(*size or ((),), dtype=dtype), given) for _ in range(3)]
        expect_stepped(student, [2 * rng.randn(*size or ((),), dtype=dtype)], steps, "trained", "copied")


@exercise("adamw_step")
def test_settings_at_their_ends(student, rng):
    ends = [
        [0.1, [0.0, 0.9], 0.1, 0.5],
        [0.1, [0.9, 0.0], 0.1, 0.5],
        [0.1, [0.0, 0.0], 0.3, 0.5],
        [0.0, [0.6, 0.9], 0.1, 0.5],
        [0.1, [0.6, 0.9], 2.0, 0.0],
        [1.0, [0.6, 0.9], 1e-3, 1.0],
    ]
    for given in rng.permutation(ends):
        steps = [(0, scale * rng.randn(3), given) for scale in (1.0, 10.0, 0.1)]
        expect_stepped(student, [rng.randn(3)], steps)


@exercise("adamw_step")
def test_gradients_of_0_and_large_ones(student, rng):
    given = [0.05, [0.8, 0.97], 1e-2, 0.4]
    for scales in ((0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (1e4, 1e-4, 1e4), (1e-3, 1e-3, 1e-3)):
        steps = [(0, scale * rng.randn(2, 2), given) for scale in scales]
        expect_stepped(student, [rng.randn(2, 2)], steps)
