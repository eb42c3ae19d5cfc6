"""Hidden checks of `master_step`."""

import torch
from efficiency_rounding_oracles import expect_steps

from autograder.checks import exercise

BF16, FP16 = torch.bfloat16, torch.float16


@exercise("master_step")
def test_steps_of_weights_of_both_kinds_at_once(student, rng):
    dtypes = rng.permutation([BF16, FP16, BF16, FP16])
    masters = [rng.randn(3, 4), rng.randn(2), 100 * rng.randn(5), 0.01 * rng.randn(2, 2, 2)]
    weights = [rng.randn(*one.shape).to(dtype) for one, dtype in zip(masters, dtypes, strict=True)]
    gradients = [rng.randn(3, 4).to(BF16), None, rng.randn(5).double(), rng.randn(2, 2, 2).to(FP16)]
    expect_steps(student, weights, masters, gradients, 0.11, steps=3)


@exercise("master_step")
def test_steps_of_other_rates(student, rng):
    masters = [rng.randn(4), rng.randn(3, 3)]
    weights = [one.to(BF16) for one in masters]
    gradients = [rng.randn(4), rng.randn(3, 3)]
    for lr in rng.permutation([0.0, 1.0, 30.0, 1e-5]):
        expect_steps(student, weights, masters, gradients, lr, parameters=rng.choice([True, False]))
    expect_steps(student, [], [], [], 0.1)
    expect_steps(student, weights, masters, [None, rng.randn(3, 3)], 0.5, parameters=True)


@exercise("master_step")
def test_a_hundred_steps_that_are_too_small_for_16_bits(student, rng):
    dtype = rng.choice([BF16, FP16])
    weights = [(1 + rng.rand(6)).to(dtype)]
    gradients = [(0.5 + rng.rand(6)) * rng.choice([1.0, -1.0])]
    expect_steps(student, weights, [one.float() for one in weights], gradients, 2e-4, steps=100)
