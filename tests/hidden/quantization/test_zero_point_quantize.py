"""Hidden checks of `zero_point_quantize`."""

import torch
from quantization_hidden_oracles import clear

from autograder.checks import exercise, expect_close, fail


def zero_point(w, floor=0.0):
    """[codes, scale, zero point] of w, by fp64. `floor` makes a mistake."""
    low, high = w.double().min().clamp(max=0), w.double().max().clamp(min=0)
    scale = ((high - low) / 255).clamp(min=floor)
    zero = (-128 - low / scale).round().clamp(-128, 127)
    return [((w.double() / scale).round() + zero).clamp(-128, 127).to(torch.int8), scale.float(), zero.to(torch.int32)]


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
        w = (w.float() + 0.1 * rng.randn(*w.shape)).to(w.dtype)


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
def test_halfway_cases_stay_codes(student):
    # With a scale of 1, -1.5 is rounded to -2 and its zero point, -126.5, to -126; 253.5 then is 128, one too many.
    result = as_zero_point(student.zero_point_quantize(torch.tensor([-1.5, 0.0, 253.5])))
    q, scale, zero = (torch.as_tensor(one).double() for one in result)
    if ((scale * (q - zero) - torch.tensor([-1.5, 0.0, 253.5])).abs() > 1.01).any():
        fail("A code that rounding takes beyond 127 wraps around; limit codes to -128 to 127.")


@exercise("zero_point_quantize")
def test_other_dtypes_shapes_and_sizes(student, rng):
    for make in (
        lambda: one_zero_point(rng, rng.randn(2, 3, 4).bfloat16()),
        lambda: one_zero_point(rng, rng.randn(50).abs().bfloat16()),
        lambda: one_zero_point(rng, rng.randn(3, 7)) * 2.0**-40,
        lambda: one_zero_point(rng, rng.randn(3, 7).double()),
    ):
        w = make()

        def coarse(w=w):
            low, high = w.min().clamp(max=0), w.max().clamp(min=0)
            scale = (high - low) / 255
            zero = (-128 - low / scale).round().clamp(-128, 127)
            return [((w / scale).round() + zero).clamp(-128, 127).to(torch.int8), scale, zero.to(torch.int32)]

        expect_close(
            as_zero_point(student.zero_point_quantize(w)),
            zero_point(w),
            what="What zero_point_quantize gives for another dtype, shape or size",
            mistakes={
                "It computes in bf16, which is too coarse for 256 codes.": coarse,
                "The scale has a floor, so tiny weights are lost.": lambda w=w: zero_point(w, floor=1e-8),
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
