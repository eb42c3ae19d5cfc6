"""Checks of `zero_point_quantize`."""

import torch
from quantization_oracles import absmax, clear

from autograder.checks import StudentError, exercise, expect_close, fail


def zero_point(w, steps=255, extend=True, rounding=torch.round):
    """[codes, scale, zero point] of w, by fp64. The last three arguments make the mistakes."""
    w = w.double()
    low, high = w.min(), w.max()
    if extend:
        low, high = low.clamp(max=0), high.clamp(min=0)
    scale = (high - low) / steps
    zero = rounding(-128 - low / scale).clamp(-128, 127)
    q = (rounding(w / scale) + zero).clamp(-128, 127)
    return [q.to(torch.int8), scale.float(), zero.to(torch.int32)]


def one_zero_point(rng, w):
    """w without numbers near halfway, redrawn until its zero point isn't near halfway either."""
    while True:
        low, high = w.double().min().clamp(max=0), w.double().max().clamp(min=0)
        scale = (high - low) / 255
        place = -128 - low / scale
        if abs(place - place.floor() - 0.5) > 0.01:
            kept = clear(w, scale)
            if kept.min() == w.min() and kept.max() == w.max():
                return kept
        w = w + 0.01 * rng.randn(*w.shape)


def as_zero_point(result):
    """What the student returned, with a zero point of any integer kind as an int32 tensor."""
    if isinstance(result, (list, tuple)) and len(result) == 3:
        q, scale, zero = result
        if isinstance(zero, int) and not isinstance(zero, bool):
            zero = torch.tensor(zero)
        if isinstance(zero, torch.Tensor) and not zero.is_floating_point() and zero.numel() == 1:
            zero = zero.reshape(()).to(torch.int32)
        return [q, scale, zero]
    return result


def low_of(w):
    """The lower end of the range, in fp64."""
    return w.double().min().clamp(max=0)


def shifted_by(w, zero):
    """[codes, scale, zero point] with this zero point."""
    scale = zero_point(w)[1]
    codes = ((w.double() / scale.double()).round() + zero).clamp(-128, 127)
    return [codes.to(torch.int8), scale, zero.to(torch.int32)]


ZERO_POINT_MISTAKES = {
    "The scale is range / 256, but 256 codes have 255 steps between them.": lambda w: zero_point(w, steps=256),
    "The range is not extended to 0, so the zero point is cut off and everything is shifted.": lambda w: zero_point(
        w, extend=False
    ),
    "It cuts decimals off instead of rounding to the nearest code.": lambda w: zero_point(w, rounding=torch.trunc),
    "It is absmax again: the codes are centred on zero and half of them are wasted.": lambda w: [
        *absmax(w, 8),
        torch.tensor(0, dtype=torch.int32),
    ],
    "The codes run from 0 to 255; they must fit into int8, from -128 to 127.": lambda w: [
        (zero_point(w)[0].to(torch.int16) + 128).to(torch.uint8),
        zero_point(w)[1],
        zero_point(w)[2] + 128,
    ],
    "The zero point has the wrong sign.": lambda w: [
        zero_point(w)[0],
        zero_point(w)[1],
        -zero_point(w)[2],
    ],
    "The zero point is -128 + low / scale; it is minus.": lambda w: shifted_by(
        w, (-128 + low_of(w) / zero_point(w)[1].double()).round().clamp(-128, 127)
    ),
    "The zero point is subtracted from the codes instead of added.": lambda w: [
        shifted_by(w, -zero_point(w)[2])[0],
        *zero_point(w)[1:],
    ],
    "It counts codes from the smallest number and never adds the rounded zero point, so 0 does not come back as 0.": (
        lambda w: [
            (((w.double() - w.double().min().clamp(max=0)) / zero_point(w)[1].double()).round() - 128).to(torch.int8),
            *zero_point(w)[1:],
        ]
    ),
    "The range is mapped to -127 to 127, which leaves a code unused.": lambda w: zero_point(w, steps=254),
    "The zero point is missing from the codes.": lambda w: [
        (w.double() / zero_point(w)[1].double()).round().clamp(-128, 127).to(torch.int8),
        *zero_point(w)[1:],
    ],
}


def expect_zero_point(student, w, what):
    expect_close(
        as_zero_point(student.zero_point_quantize(w)),
        zero_point(w),
        what=what,
        mistakes={sentence: lambda m=mistake: m(w) for sentence, mistake in ZERO_POINT_MISTAKES.items()},
        advice="low = min(w.min(), 0), high = max(w.max(), 0), scale = (high - low) / 255; then the zero point.",
    )


@exercise("zero_point_quantize")
def test_the_docstrings_ranges(student):
    for numbers in ([0.0, 0.5, 1.02, 2.55], [1.0, 2.0, 2.55], [-0.5, 0.0, 2.05]):
        expect_zero_point(student, torch.tensor(numbers), "What zero_point_quantize gives for the docstring's numbers")


@exercise("zero_point_quantize", points=2)
def test_two_sided_and_one_sided_numbers(student, rng):
    spread = one_zero_point(rng, rng.randn(4, 6) + 0.7)
    expect_zero_point(student, spread, "What zero_point_quantize gives for two-sided numbers")
    far = one_zero_point(rng, rng.randn(20).abs() + 3)
    expect_zero_point(student, far, "What zero_point_quantize gives for numbers that are all positive")
    expect_zero_point(student, -far, "What zero_point_quantize gives for numbers that are all negative")


@exercise("zero_point_quantize")
def test_constants(student, rng):
    value = 0.5 + float(rng.randn(1).abs())
    for constant in (value, -value, 0.0):
        w = torch.full((3, 2), constant)
        try:
            result = student.zero_point_quantize(w)
        except StudentError as error:
            fail("A constant input is refused; it has a range once 0 belongs to it.", got=str(error))
        q, scale, zero = as_zero_point(result)
        q, scale, zero = (torch.as_tensor(one).double() for one in (q, scale, zero))
        if not scale.isfinite().all() or not (scale > 0).all():
            fail("A constant input gives a scale that is zero or not finite.", expected="a positive scale", got=scale)
        if not (-128 <= zero <= 127):
            fail("A constant input gives a zero point outside of int8.", expected="-128 to 127", got=zero)
        expect_close(scale * (q - zero), w.double(), what="A constant, quantized and decoded here,", rtol=1e-5)
