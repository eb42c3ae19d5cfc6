"""Checks of `zero_point_quantize`."""

import torch
from quantization_oracles import absmax, as_zero_point, range_with_zero, shift_by, without_zero_point_ties, zero_point

from autograder.checks import StudentError, exercise, expect_close, fail


def over_range(w, low, high, steps=255, rounding=torch.round):
    """[codes, scale, zero point] over low to high in so many steps, rounded by `rounding`."""
    scale = (high - low) / steps
    zero = rounding(-128 - low / scale).clamp(-128, 127)
    codes = (rounding(w.double() / scale) + zero).clamp(-128, 127)
    return [codes.to(torch.int8), scale.float(), zero.to(torch.int32)]


def zero_point_mistakes(w):
    """Sentence → what the mistake gives for w."""
    codes, scale, zero = zero_point(w)
    low, high = range_with_zero(w)
    steps = w.double() / scale.double()
    return {
        "The scale is range / 256, but 256 codes have 255 steps between them.": lambda: over_range(w, low, high, 256),
        "The range is not extended to 0, so the zero point is cut off and everything is shifted.": lambda: over_range(
            w, w.double().min(), w.double().max()
        ),
        "It truncates instead of rounding to the nearest code.": lambda: over_range(w, low, high, rounding=torch.trunc),
        "It is absmax again: the codes are centred on zero and half of them are wasted.": lambda: [
            *absmax(w, 8),
            torch.tensor(0, dtype=torch.int32),
        ],
        "The codes run from 0 to 255; they must fit into int8, from -128 to 127.": lambda: [
            (codes.to(torch.int16) + 128).to(torch.uint8),
            scale,
            zero + 128,
        ],
        "The zero point has the wrong sign.": lambda: [codes, scale, -zero],
        "The zero point adds low / scale to -128; it must subtract it.": lambda: shift_by(
            w, scale.double(), (-128 + low / scale.double()).round().clamp(-128, 127)
        ),
        "The zero point is subtracted from the codes instead of added.": lambda: [
            shift_by(w, scale.double(), -zero)[0],
            scale,
            zero,
        ],
        "It counts codes from the smallest number and never adds the rounded zero point, so 0 does not come back as 0.": (  # noqa: E501
            lambda: [(((w.double() - low) / scale.double()).round() - 128).to(torch.int8), scale, zero]
        ),
        "The range is mapped to -127 to 127, which leaves a code unused.": lambda: over_range(w, low, high, 254),
        "The zero point is missing from the codes.": lambda: [
            steps.round().clamp(-128, 127).to(torch.int8),
            scale,
            zero,
        ],
    }


def expect_zero_point(student, w, what):
    """Compare zero_point_quantize of w with the right answer, and with what mistakes would give."""
    expect_close(
        as_zero_point(student.zero_point_quantize(w)),
        zero_point(w),
        what=what,
        mistakes=zero_point_mistakes(w),
        advice="low = min(w.min(), 0), high = max(w.max(), 0), scale = (high - low) / 255; then the zero point.",
    )


@exercise("zero_point_quantize")
def test_zero_point_quantize_docstring_examples(student):
    for numbers in ([0.0, 0.5, 1.02, 2.55], [1.0, 2.0, 2.55], [-0.5, 0.0, 2.05]):
        expect_zero_point(student, torch.tensor(numbers), "What zero_point_quantize gives for the docstring's numbers")


@exercise("zero_point_quantize", points=2)
def test_two_sided_and_one_sided_numbers(student, rng):
    two_sided = without_zero_point_ties(rng, rng.randn(4, 6) + 0.7)
    expect_zero_point(student, two_sided, "What zero_point_quantize gives for two-sided numbers")
    positive = without_zero_point_ties(rng, rng.randn(20).abs() + 3)
    expect_zero_point(student, positive, "What zero_point_quantize gives for numbers that are all positive")
    expect_zero_point(student, -positive, "What zero_point_quantize gives for numbers that are all negative")


@exercise("zero_point_quantize")
def test_constants(student, rng):
    value = 0.5 + float(rng.randn(1).abs())
    for constant in (value, -value, 0.0):
        w = torch.full((3, 2), constant)
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
        expect_close(scale * (q - zero), w.double(), what="A constant, quantized and dequantized here,", rtol=1e-5)
