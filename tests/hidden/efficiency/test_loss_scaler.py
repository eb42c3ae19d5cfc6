"""Hidden checks of `LossScaler`."""

import math

import torch
from efficiency_rounding_oracles import expect_played

from autograder.checks import exercise

ONE = torch.tensor(1.0)


@exercise("LossScaler")
def test_scale_over_a_long_run(student, rng):
    every = rng.randint(2, 7)
    script = []
    for _ in range(30):
        good = bool(rng.randint(0, 5))
        script += [(0, "update", good), (0, "scale", ONE)]
    script += [(0, "update", True), (0, "scale", ONE)] * (2 * every)
    expect_played(student, [[[1024.0], {"growth": 1.5, "backoff": 0.7, "every": every}]], script)


@exercise("LossScaler")
def test_scale_far_up_and_far_down(student, rng):
    start = 2.0 ** rng.randint(3, 6)
    up = [(0, "update", True)] * 24 + [(0, "scale", ONE), (0, "unscale", [1e6 * rng.randn(3)])]
    down = [(1, "update", False)] * 30 + [(1, "scale", ONE), (1, "unscale", [rng.randn(3)])]
    expect_played(student, [[[start], {"every": 1}], [[start], {"every": 1}]], up + down)


@exercise("LossScaler")
def test_every_step_and_every_kind_of_gradient(student, rng):
    script, places = [], rng.permutation([1, 4, 5])
    for bad in rng.permutation([math.nan, math.inf, -math.inf, None]):
        gradients = [None, rng.randn(2), torch.zeros(0), rng.randn(1, 2, 3), rng.randn(), torch.zeros(4)]
        if bad is not None:  # in the first gradient, in the last, and all there is of one between
            at = places.pop()
            gradients[at].view(-1)[rng.randint(0, gradients[at].numel())] = bad
        script += [(0, "scale", ONE), (0, "unscale", gradients), (0, "again", [rng.randn(5)]), (0, "scale", ONE)]
        script += [(0, "update", bad is None), (0, "scale", ONE)]
    script += [(0, "unscale", [None, None]), (0, "again", [rng.randn(3)]), (0, "update", True), (0, "scale", ONE)]
    expect_played(student, [[[3000.0, 2.0, 0.5, 1], {}]], script)


@exercise("LossScaler")
def test_losses_of_every_dtype(student, rng):
    dtypes = rng.permutation([torch.float16, torch.bfloat16, torch.float32, torch.float64])
    script = [(0, "scale", (8 + rng.rand()).to(dtype)) for dtype in dtypes]
    script += [(0, "scale", torch.tensor(0.0)), (0, "scale", -rng.rand() - 1)]
    expect_played(student, [[[2.0**16], {}]], script)
