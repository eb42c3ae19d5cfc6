"""Checks of `master_step`."""

import torch
from efficiency_rounding_oracles import expect_steps

from autograder.checks import exercise

BF16, FP16 = torch.bfloat16, torch.float16


def apart(rng, shapes, dtype):
    """Weights, and masters that are not near them."""
    masters = [rng.randn(*shape) for shape in shapes]
    return [rng.randn(*shape).to(dtype) for shape in shapes], masters


@exercise("master_step")
def test_masters_take_the_step(student, rng):
    one = [torch.ones(1)]
    expect_steps(student, [torch.ones(1, dtype=BF16)], one, one, 0.001, steps=2)
    weights, masters = apart(rng, [(3, 5), (4,)], BF16)
    expect_steps(student, weights, masters, [rng.randn(3, 5), rng.randn(4)], 0.3 + 0.2 * float(rng.rand()), steps=2)


@exercise("master_step")
def test_small_steps_add_up(student, rng):
    # a step of 0.001 is a quarter of what separates two bfloat16 numbers below 1, and an eighth above
    masters = [1 + rng.rand(2, 3), 1 + rng.rand(5)]
    weights = [one.to(BF16) for one in masters]
    masters = [one.float() for one in weights]
    gradients = [0.5 + rng.rand(2, 3), -0.5 - rng.rand(5)]
    expect_steps(student, weights, masters, gradients, 0.001, steps=rng.randint(25, 35))


@exercise("master_step")
def test_both_kinds_of_16_bits(student, rng):
    earlier = None
    for dtype in rng.permutation([BF16, FP16]):
        weights, masters = apart(rng, [(2, 7), (6,)], dtype)
        gradients = [rng.randn(2, 7).to(dtype), rng.randn(6).to(dtype)]
        earlier = expect_steps(student, weights, masters, gradients, 0.37, steps=2, earlier=earlier)


@exercise("master_step")
def test_a_weight_without_a_gradient(student, rng):
    weights, masters = apart(rng, [(3,), (2, 4), (5,)], BF16)
    expect_steps(student, weights, masters, [rng.randn(3), None, rng.randn(5)], 0.2)


@exercise("master_step")
def test_parameters_get_no_graph(student, rng):
    weights, masters = apart(rng, [(3, 2), (5,)], rng.choice([BF16, FP16]))
    expect_steps(student, weights, masters, [rng.randn(3, 2), rng.randn(5)], 0.2, steps=2, parameters=True)
