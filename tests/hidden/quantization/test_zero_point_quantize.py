"""Hidden checks of `zero_point_quantize`."""

import torch
from quantization_oracles import (
    as_zero_point,
    expect_limited,
    expect_zero_point,
    expect_zero_point_is_code,
    without_zero_point_ties,
)

from autograder.checks import exercise, expect_close, fail


@exercise("zero_point_quantize")
def test_zero_comes_back_as_zero(student, rng):
    for shift in (-4.0, -0.3, 0.2, 5.0):
        w = rng.randn(30).clamp(-2, 2) + shift
        w[rng.randint(0, 30)] = 0.0
        q, scale, zero = as_zero_point(student.zero_point_quantize(w))
        scale, zero = (torch.as_tensor(one).double() for one in (scale, zero))
        back = scale * (q.double() - zero)
        if (back[w == 0] != 0).any():
            fail("A zero does not come back as exactly zero.")
        if (back - w.double()).abs().max() > 0.502 * float(w.max().clamp(min=0) - w.min().clamp(max=0)) / 255 + 1e-6:
            fail("A number comes back more than half a step away.")


@exercise("zero_point_quantize")
def test_codes_are_limited_to_int8(student, rng):
    expect_limited(student, 2.0 ** rng.randint(1, 40))
    expect_limited(student, 2.0 ** -rng.randint(1, 40))


@exercise("zero_point_quantize")
def test_the_zero_point_is_a_code(student, rng):
    expect_zero_point_is_code(student, rng.randint(340, 383), rng.randint(3, 9))
    expect_zero_point(student, without_zero_point_ties(rng, rng.randn(7)), "What zero_point_quantize gives")


@exercise("zero_point_quantize")
def test_other_dtypes_shapes_and_sizes(student, rng):
    for make in (
        lambda: without_zero_point_ties(rng, rng.randn(2, 3, 4).bfloat16()),
        lambda: without_zero_point_ties(rng, rng.randn(50).abs().bfloat16()),
        lambda: without_zero_point_ties(rng, rng.randn(3, 7)) * 2.0**-40,
        lambda: without_zero_point_ties(rng, rng.randn(3, 7).double()),
    ):
        expect_zero_point(student, make(), "What zero_point_quantize gives for another dtype, shape or size", atol=0.0)


@exercise("zero_point_quantize")
def test_one_number_alone(student, rng):
    value = float(rng.randn(1).abs()) + 0.5
    for w in (torch.tensor(value), torch.tensor([[-value]])):
        q, scale, zero = as_zero_point(student.zero_point_quantize(w))
        if not isinstance(q, torch.Tensor) or q.shape != w.shape:
            fail("The codes of a single number do not have its shape.")
        scale, zero = (torch.as_tensor(one).double() for one in (scale, zero))
        expect_close(scale * (q.double() - zero), w.double(), what="A single number, quantized,", rtol=1e-5)
