"""Checks of `LossScaler`."""

import math

import torch
from efficiency_rounding_oracles import expect_played

from autograder.checks import exercise

ONE = torch.tensor(1.0)


def after(*updates, which=0):
    """Lines that update, and read the scale after each."""
    return [line for good in updates for line in ((which, "update", good), (which, "scale", ONE))]


@exercise("LossScaler")
def test_scale_follows_the_steps(student, rng):
    updates = after(True, True, True, False, True, True)
    expect_played(student, [[[8], {"every": 2}]], [(0, "scale", ONE), *updates])
    start, growth = 2.0 ** rng.randint(5, 12), rng.choice([3.0, 4.0])
    backoff, every = rng.choice([0.25, 0.75]), rng.randint(3, 5)
    script = after(*[True] * (every - 1), False, *[True] * (2 * every), False, False, *[True] * (every + 1))
    expect_played(student, [[[start, growth, backoff, every], {}]], [(0, "scale", ONE), *script])


@exercise("LossScaler")
def test_scale_without_settings(student, rng):
    expect_played(student, [[[2.0], {}]], after(False, False, False))
    script = [(0, "update", True)] * 98 + after(True, True, True, False) + [(0, "update", True)] * 99 + after(True)
    expect_played(student, [[[2.0 ** rng.randint(3, 9)], {}]], script)


@exercise("LossScaler")
def test_losses_are_multiplied(student, rng):
    script = [(0, "scale", rng.rand() + 1), (0, "scale", (4 + rng.rand()).to(torch.float16))]
    script += [(0, "scale", (rng.rand() + 1).double()), *after(False), (0, "scale", (rng.rand() + 1).bfloat16())]
    expect_played(student, [[[65536.0], {}]], script)


@exercise("LossScaler")
def test_gradients_are_divided(student, rng):
    script = []
    for good in (True, False, True):
        gradients = [100 * rng.randn(3, 4), None, 100 * rng.randn(5)]
        script += [(0, "unscale", gradients), *after(good)]
    expect_played(student, [[[float(rng.randint(300, 900))], {}]], script)


@exercise("LossScaler")
def test_what_is_not_finite_is_noticed(student, rng):
    script = []
    for bad in rng.permutation([math.inf, -math.inf, math.nan]):
        for at in rng.permutation([0, 1, None]):
            gradients = [rng.randn(2, 3), rng.randn(4)]
            if at is not None:
                gradients[at].view(-1)[rng.randint(0, 4)] = bad
            script += [(0, "unscale", gradients), (0, "scale", ONE), *after(at is None)]
    script += [(0, "unscale", []), *after(True)]
    expect_played(student, [[[2.0**20], {"every": 2}]], script)


@exercise("LossScaler")
def test_gradients_are_divided_once(student, rng):
    script = []
    for good in rng.permutation([True, False]):
        gradients = [30 * rng.randn(3), 30 * rng.randn(2, 2)]
        script += [(0, "unscale", gradients), (0, "again", gradients), (0, "update", good)]
    script += [(0, "unscale", [30 * rng.randn(4)]), (0, "scale", ONE)]
    expect_played(student, [[[float(rng.randint(20, 90))], {}]], script)


@exercise("LossScaler")
def test_each_scaler_has_its_own_scale(student, rng):
    script = [(0, "scale", ONE), (1, "scale", ONE), *after(False, which=0), (1, "scale", ONE)]
    script += [(0, "unscale", [rng.randn(3)]), (1, "unscale", [rng.randn(3)]), *after(True, which=1), (0, "scale", ONE)]
    expect_played(student, [[[64.0], {"every": 1}], [[float(rng.randint(700, 900))], {"every": 1}]], script)
