"""Checks of `adamw_step`."""

import torch
from pretraining_update_oracles import expect_stepped

from autograder.checks import exercise


def hyper(rng, *, lr=None, decay=None):
    """lr, betas, eps and weight_decay: an eps that shows beside gradients of size 1, and two betas apart."""
    lr = 0.05 + 0.05 * rng.rand().item() if lr is None else lr
    betas = [0.6 + 0.2 * rng.rand().item(), 0.9 + 0.08 * rng.rand().item()]
    return [lr, betas, 0.05 + 0.1 * rng.rand().item(), 0.5 + rng.rand().item() if decay is None else decay]


@exercise("adamw_step", points=2)
def test_steps_of_adamw(student, rng):
    by_hand = [0.1, [0.9, 0.99], 0.1, 0.5]
    steps = [(0, torch.tensor([one]), by_hand) for one in (0.5, -0.3)]
    expect_stepped(student, [torch.tensor([2.0])], steps)
    given = hyper(rng)
    steps = [(0, scale * rng.randn(3, 4), given) for scale in (2.0, 0.2, 1.0, 0.5)]
    expect_stepped(student, [3 * rng.randn(3, 4)], steps)


@exercise("adamw_step")
def test_the_decay_goes_its_own_way(student, rng):
    start = 3 * rng.randn(5)
    for lr, decay, scale in rng.permutation([(None, None, 1.0), (None, 0.0, 1.0), (0.0, None, 1.0), (None, None, 0.0)]):
        given = hyper(rng, lr=lr, decay=decay)
        expect_stepped(student, [start], [(0, scale * rng.randn(5), given) for _ in range(2)])


@exercise("adamw_step")
def test_each_parameter_has_its_own_state(student, rng):
    starts = [2 * rng.randn(3), 2 * rng.randn(3), 2 * rng.randn(2, 2)]
    order = [0, 1, 1, 2, 0, 2, 1]
    given = hyper(rng)
    steps = [(at, rng.randn(*starts[at].shape), given) for at in order]
    expect_stepped(student, starts, steps)
    expect_stepped(student, starts, steps, "copied")


@exercise("adamw_step")
def test_a_step_has_no_graph(student, rng):
    given = hyper(rng)
    steps = [(0, rng.randn(2, 3), given) for _ in range(3)]
    expect_stepped(student, [rng.randn(2, 3)], steps, "trained")


@exercise("adamw_step")
def test_settings_may_change_from_call_to_call(student, rng):
    for dtype in rng.permutation([torch.float32, torch.float64]):
        steps = [(0, rng.randn(2, 3, dtype=dtype), hyper(rng)) for _ in range(4)]
        expect_stepped(student, [rng.randn(2, 3, dtype=dtype)], steps)
