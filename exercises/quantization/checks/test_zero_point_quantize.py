"""Checks of `zero_point_quantize`."""

import torch
from quantization_oracles import (
    as_zero_point,
    expect_limited,
    expect_zero_point,
    expect_zero_point_is_code,
    without_zero_point_ties,
)

from autograder.checks import StudentError, exercise, expect_close, fail


@exercise("zero_point_quantize")
def test_zero_point_quantize_docstring_examples(student, rng):
    for numbers in ([0.0, 0.5, 1.02, 2.55], [1.0, 2.0, 2.55], [-0.5, 0.0, 2.05]):
        expect_zero_point(student, torch.tensor(numbers), "What zero_point_quantize gives for the docstring's numbers")
    for numbers in (rng.rand(5) + 0.2, rng.rand(5) - 0.4):
        drawn = without_zero_point_ties(rng, numbers)
        expect_zero_point(student, drawn, "What zero_point_quantize gives for a few numbers")


@exercise("zero_point_quantize", points=2)
def test_two_sided_and_one_sided_numbers(student, rng):
    two_sided = without_zero_point_ties(rng, rng.randn(4, 6) + 0.7)
    expect_zero_point(student, two_sided, "What zero_point_quantize gives for two-sided numbers")
    positive = without_zero_point_ties(rng, rng.randn(20).abs() + 3)
    expect_zero_point(student, positive, "What zero_point_quantize gives for numbers that are all positive")
    expect_zero_point(student, -positive, "What zero_point_quantize gives for numbers that are all negative")
    in_bf16 = without_zero_point_ties(rng, (rng.randn(4, 6) + 0.7).bfloat16())
    expect_zero_point(student, in_bf16, "What zero_point_quantize gives for bf16")
    tiny = without_zero_point_ties(rng, rng.randn(4, 6) + 0.7) * 2.0**-40
    expect_zero_point(student, tiny, "What zero_point_quantize gives for tiny numbers", atol=0.0)


@exercise("zero_point_quantize")
def test_constants(student, rng):
    value = 0.5 + float(rng.randn(1).abs())
    for constant in (value, -value, 0.0):
        w = torch.full((3, 2), constant)
        if constant:  # which mistake it is, numbers that are nearly all equal tell
            nearly = w.clone()
            nearly[0, 0] *= 0.5 + 0.3 * float(rng.rand())
            nearly = without_zero_point_ties(rng, nearly)
            expect_zero_point(student, nearly, "What zero_point_quantize gives for numbers that are nearly all equal")
        try:
            result = student.zero_point_quantize(w)
        except StudentError as error:
            fail("It rejects a constant input, which has a range once 0 belongs to it.", got=str(error))
        q, scale, zero = as_zero_point(result)
        q, scale, zero = (torch.as_tensor(one).double() for one in (q, scale, zero))
        if not scale.isfinite().all() or not (scale > 0).all():
            fail("A constant input gives a scale that is zero or not finite.", expected="a positive scale", got=scale)
        if not (-128 <= zero <= 127):
            fail("A constant input gives a zero point outside of int8.", expected="-128 to 127", got=zero)
        back = scale * (q - zero)
        if constant != 0 and back.shape == w.shape and not torch.allclose(back, w.double(), rtol=1e-5, atol=1e-6):
            fail(
                "Numbers that are all equal are not quantized as others are, over a range that holds 0.",
                expected=w,
                got=back,
            )
        expect_close(back, w.double(), what="A constant, quantized and dequantized here,", rtol=1e-5)


@exercise("zero_point_quantize")
def test_codes_and_zero_point_fit_into_int8(student, rng):
    expect_limited(student, 2.0 ** rng.randint(-20, 20))
    expect_zero_point_is_code(student, rng.randint(340, 383))
