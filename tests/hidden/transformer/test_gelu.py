"""Hidden checks of `gelu`."""

import torch
from torch.nn import functional as F
from transformer_oracles import TOL_BF16, TOL_GELU, curve, expect_gelu, expect_gradients, expect_result, gelu_mistakes

from autograder.checks import exercise, expect_close


@exercise("gelu")
def test_it_is_torchs_gelu_with_tanh(student, rng):
    x = torch.linspace(-5, 5, 41, dtype=torch.float64) + 0.1 * rng.randn(41, dtype=torch.float64)
    expect_close(
        student.gelu(x),
        F.gelu(x, approximate="tanh"),
        what="What F.gelu gives with tanh",
        mistakes=gelu_mistakes(x),
        rtol=1e-7,
        atol=1e-8,
    )
    expect_gelu(student, x.float().view(41, 1), "What gelu gives in a column", TOL_GELU)


@exercise("gelu")
def test_gelu_in_every_dtype_and_size(student, rng):
    x = 2 * rng.randn(3, 4, 5)
    expect_result(student.gelu(x.bfloat16()), curve(x.bfloat16()), "What gelu gives in bf16", tolerance=TOL_BF16)
    for size in rng.permutation((1e-3, 50.0, 1e4)):
        numbers = size * (rng.rand(6) - 0.5) * 2
        expect_gelu(student, torch.cat([numbers, -numbers, rng.randn(3)]), "What gelu gives for small or large numbers")


@exercise("gelu")
def test_gelu_of_x_less_gelu_of_minus_x_is_x(student, rng):
    x = 2 * rng.randn(rng.randint(20, 30))
    expect_close(
        student.gelu(x),
        x + F.gelu(-x, approximate="tanh"),
        what="What gelu gives, which is x and gelu(-x) together,",
        mistakes=gelu_mistakes(x),
        **TOL_GELU,
    )


@exercise("gelu")
def test_the_gradient_of_gelu_far_out(student, rng):
    x = torch.cat([torch.tensor([-40.0, 40.0, 0.0]), rng.randn(5)])
    expect_gradients(student, "gelu", curve, [x], rng.randn(8), gelu_mistakes(x))
