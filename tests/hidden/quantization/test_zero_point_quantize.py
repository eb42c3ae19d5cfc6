"""Hidden checks of `zero_point_quantize`."""

import torch
from quantization_oracles import as_zero_point, range_with_zero, shift_by, without_zero_point_ties, zero_point

from autograder.checks import exercise, expect_close, fail


def in_own_dtype(w):
    """[codes, scale, zero point] when everything is computed in w's dtype."""
    low, high = w.min().clamp(max=0), w.max().clamp(min=0)
    scale = (high - low) / 255
    zero = (-128 - low / scale).round().clamp(-128, 127)
    codes = ((w / scale).round() + zero).clamp(-128, 127)
    return [codes.to(torch.int8), scale, zero.to(torch.int32)]


def with_floor(w):
    """[codes, scale, zero point] when the scale is at least 1e-8."""
    low, high = range_with_zero(w)
    scale = ((high - low) / 255).clamp(min=1e-8)
    return shift_by(w, scale, (-128 - low / scale).round().clamp(-128, 127))


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
def test_codes_are_limited_to_int8(student):
    # With a scale of 1, -1.5 is rounded to -2 and its zero point, -126.5, to -126; 253.5 then is 128, one too many.
    result = as_zero_point(student.zero_point_quantize(torch.tensor([-1.5, 0.0, 253.5])))
    q, scale, zero = (torch.as_tensor(one).double() for one in result)
    if ((scale * (q - zero) - torch.tensor([-1.5, 0.0, 253.5])).abs() > 1.01).any():
        fail("A code that rounding takes beyond 127 wraps around; limit codes to -128 to 127.")
    # With a scale of 1, low / scale is rounded to -1, and in fp32 the zero point, -127.49999994, is -127.5, so -128.
    w = torch.tensor([-0.50000006, 0.0, 254.5])
    q, scale, zero = (torch.as_tensor(one).double() for one in as_zero_point(student.zero_point_quantize(w)))
    if ((scale * (q - zero) - w).abs() > 1.01).any():
        fail("A code that rounding takes below -128 wraps around; limit codes to -128 to 127.")


@exercise("zero_point_quantize")
def test_the_zero_point_is_a_code(student, rng):
    # 340 to 382 of fp32's smallest steps, divided by 255, are rounded to a scale of one; -low / scale is above 255.
    w = torch.tensor([-float(rng.randint(340, 383)) * 2.0**-149, 0.0])
    _, scale, zero = as_zero_point(student.zero_point_quantize(w))
    if not -128 <= int(zero) <= 127:
        fail("The zero point of the smallest numbers is no code; limit it to -128 to 127.")
    if not torch.as_tensor(scale) > 0:
        fail("The scale of the smallest numbers is not positive.")
    expect_close(
        as_zero_point(student.zero_point_quantize(torch.tensor([0.0, 0.5, 1.02, 2.55])))[2],
        torch.tensor(-128, dtype=torch.int32),
        what="The zero point of the docstring's first numbers",
    )


@exercise("zero_point_quantize")
def test_other_dtypes_shapes_and_sizes(student, rng):
    for make in (
        lambda: without_zero_point_ties(rng, rng.randn(2, 3, 4).bfloat16()),
        lambda: without_zero_point_ties(rng, rng.randn(50).abs().bfloat16()),
        lambda: without_zero_point_ties(rng, rng.randn(3, 7)) * 2.0**-40,
        lambda: without_zero_point_ties(rng, rng.randn(3, 7).double()),
    ):
        w = make()
        expect_close(
            as_zero_point(student.zero_point_quantize(w)),
            zero_point(w),
            what="What zero_point_quantize gives for another dtype, shape or size",
            mistakes={
                "It computes in bf16, which is too coarse for 256 codes.": in_own_dtype(w),
                "The scale has a floor, so tiny weights are lost.": with_floor(w),
            },
            rtol=1e-5,
            atol=0.0,
        )


@exercise("zero_point_quantize")
def test_one_number_alone(student, rng):
    value = float(rng.randn(1).abs()) + 0.5
    for w in (torch.tensor(value), torch.tensor([[-value]])):
        q, scale, zero = as_zero_point(student.zero_point_quantize(w))
        if not isinstance(q, torch.Tensor) or q.shape != w.shape:
            fail("The codes of a single number do not have its shape.")
        scale, zero = (torch.as_tensor(one).double() for one in (scale, zero))
        expect_close(scale * (q.double() - zero), w.double(), what="A single number, quantized,", rtol=1e-5)
