"""Checks of `gelu`."""

import torch
from transformer_oracles import TOL_GELU, curve, expect_gelu, expect_gradients, gelu_mistakes

from autograder.checks import exercise, fail

EARLIER = "What an earlier call gave is given again."


@exercise("gelu", points=2)
def test_gelu_docstring_example(student, rng):
    expect_gelu(student, torch.tensor([-1.0, 0.0, 3.0]), "The docstring's numbers", TOL_GELU)
    x = torch.cat([torch.tensor([-3.0, -2.0, -0.7, 0.4, 2.2]), 2 * rng.randn(9)])
    expect_gelu(student, x, "What gelu gives", TOL_GELU)
    expect_gelu(student, x.double() + 1, "What gelu gives in fp64", {"rtol": 1e-7, "atol": 1e-8})


@exercise("gelu")
def test_gelu_of_any_shape_and_size(student, rng):
    for shape in rng.permutation(((), (1,), (2, 3, 4), (1, 1, 5), (3, 1, 2, 2))):
        expect_gelu(student, 3 * rng.randn(*shape) + 0.1, "What gelu gives for a tensor of any shape")
    x = torch.cat([torch.tensor([1e4, -1e4, 300.0, -300.0, 20.0, -20.0]), rng.randn(3)])
    got = student.gelu(x)
    if isinstance(got, torch.Tensor) and got.dtype.is_floating_point and not got.isfinite().all():
        fail("Large numbers give NaN or infinity; tanh of them is 1 or -1.")
    expect_gelu(student, x, "What gelu gives for large numbers")


@exercise("gelu")
def test_the_gradient_of_gelu(student, rng):
    x = 2 * rng.randn(4, 5)
    expect_gradients(student, "gelu", curve, [x], rng.randn(4, 5), gelu_mistakes(x))


@exercise("gelu")
def test_gelu_of_this_call(student, rng):
    first, second = rng.randn(3, 4), rng.randn(3, 4)
    expect_gelu(student, first, "What gelu gives")
    expect_gelu(student, second, "What gelu gives for other numbers", also={EARLIER: curve(first)})
