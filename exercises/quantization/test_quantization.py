"""Checks of the lesson on quantization. Run them with `pytest exercises/quantization`.

Numbers that lie halfway between two codes may be rounded either way, so the inputs drawn here keep away from halfway:
by a hundredth of a step, where fp32 arithmetic on codes up to 255 errs by less than 255 · 2**-22 = 0.0001 of one.
The right answers are computed here in fp64 and number by number, not with a copy of the solution.
"""

import torch
from torch import nn

from autograder import builders
from autograder.checks import StudentError, exercise, expect_close, expect_equal, expect_error, fail, probe

# Sums of thirty products of size 10 in fp32 round by less than 30 * 10 * 6e-8 = 2e-5; mistakes move things by 0.01.
FP32 = {"rtol": 1e-4, "atol": 1e-4}

NF4 = torch.tensor(  # the published levels: Dettmers et al., arXiv 2305.14314, appendix E
    [
        -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
        -0.18477343022823334, -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725,
        0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
    ],
    dtype=torch.float64,
)  # fmt: skip


def normal(rng, *shape):
    """Standard normal numbers."""
    return torch.randn(shape, generator=rng)


def whole(rng, low, high):
    """A whole number from low to high - 1."""
    return int(torch.randint(low, high, (), generator=rng))


def one_of(rng, *choices):
    """One of the choices, each as likely."""
    return choices[whole(rng, 0, len(choices))]


def clear(w, scale):
    """w with zeros in the place of numbers that lie within a hundredth of a step of halfway between two codes."""
    steps = w.double() / scale.double()
    return torch.where((steps - steps.floor() - 0.5).abs() < 0.01, torch.zeros((), dtype=w.dtype), w)


# --- absmax ---------------------------------------------------------------------------------------------------------


def largest(w, dim=None):
    """The largest magnitude, with dim kept, in fp64."""
    w = w.double().abs()
    return w.amax() if dim is None else w.amax(dim, keepdim=True)


def largest_number(w, dim=None):
    """The largest number, whose sign counts, with dim kept, in fp64."""
    return w.double().amax() if dim is None else w.double().amax(dim, keepdim=True)


def absmax(w, bits, dim=None, rounding=torch.round, qmax=None, magnitude=largest, clamped=False):
    """[codes, scale] of w, by fp64. The last four arguments make the mistakes."""
    most = 2 ** (bits - 1) - 1
    scale = magnitude(w, dim) / (qmax or most)
    if rounding is not torch.round:  # what lies just below a whole number there doesn't lie below it in fp64
        steps = rounding(w.float() / scale.float())
    else:
        steps = (w.double() / scale).round()
    return [steps.clamp(-most if clamped else -128, most if clamped else 127).to(torch.int8), scale.float()]


def clamped_or_not(mistakes):
    """The mistakes (functions of `clamped`) twice: a limit to the codes that there are hides none of them."""
    return {f"{sentence}{' ' * c}": lambda m=m, c=c: m(bool(c)) for sentence, m in mistakes.items() for c in (0, 1)}


def in_bf16(w, clamped=False):
    """[codes, scale] for 8 bits when everything is computed in w's own dtype."""
    scale = w.abs().amax() / 127
    codes = (w / scale).round()
    return [(codes.clamp(-127, 127) if clamped else codes).to(torch.int8), scale]


@exercise("absmax_quantize")
def test_the_docstrings_four_numbers(student):
    w = torch.tensor([-0.8, 0.3, 1.2, -0.5])
    q8, q4 = torch.tensor([-85, 32, 127, -53], dtype=torch.int8), torch.tensor([-5, 2, 7, -3], dtype=torch.int8)
    expect_close(
        [student.absmax_quantize(w), student.absmax_quantize(w, bits=4)],
        [[q8, torch.tensor(1.2 / 127)], [q4, torch.tensor(1.2 / 7)]],
        what="What absmax_quantize gives for the docstring's four numbers",
        mistakes={
            "It cuts decimals off instead of rounding to the nearest code.": lambda: [
                absmax(w, bits, rounding=torch.trunc) for bits in (8, 4)
            ],
            **clamped_or_not(
                {
                    "The scale is max / 2^(bits - 1), so the largest magnitude does not become the largest code.": (
                        lambda c: [absmax(w, bits, qmax=2 ** (bits - 1), clamped=c) for bits in (8, 4)]
                    ),
                    "The scale spreads the codes over 2^bits steps, but they must fit on either side of zero.": (
                        lambda c: [absmax(w, bits, qmax=2**bits - 1, clamped=c) for bits in (8, 4)]
                    ),
                }
            ),
            "bits is not used.": lambda: [absmax(w, 8)] * 2,
            "The scale comes back the wrong way round, as qmax / max.": lambda: [
                [q8, torch.tensor(127 / 1.2)],
                [q4, torch.tensor(7 / 1.2)],
            ],
        },
        advice="scale = 1.2 / 127; then divide each number by it and round.",
    )


@exercise("absmax_quantize")
def test_an_outlier_takes_the_codes(student):
    w = torch.tensor([-0.1, 0.05, 0.02, -0.03, 8.5])
    expect_close(
        student.absmax_quantize(w),
        [torch.tensor([-1, 1, 0, 0, 127], dtype=torch.int8), torch.tensor(8.5 / 127)],
        what="What absmax_quantize gives for the docstring's outlier",
        mistakes={"It cuts decimals off instead of rounding to the nearest code.": absmax(w, 8, rounding=torch.trunc)},
    )


@exercise("absmax_quantize", points=2)
def test_scales_per_tensor_row_and_column(student, rng):
    for dim in (None, 0, 1):
        bits = one_of(rng, 3, 4, 5, 6)
        w = normal(rng, 5, 8) * 10 ** normal(rng, 5, 1) * 10 ** normal(rng, 1, 8)
        w[2] = -w[2].abs() * 1e3  # the largest magnitude is that of a negative number
        w = clear(w, absmax(w, bits, dim)[1])
        right = absmax(w, bits, dim)
        other = {None: 1, 0: 1, 1: 0}[dim]
        mistakes = {
            **clamped_or_not(
                {
                    "It takes the largest number, not the largest magnitude.": lambda c, w=w, b=bits, d=dim: absmax(
                        w, b, d, magnitude=largest_number, clamped=c
                    ),
                    "The scale is max / 2^(bits - 1), so the largest magnitude does not become the largest code.": (
                        lambda c, w=w, b=bits, d=dim: absmax(w, b, d, qmax=2 ** (b - 1), clamped=c)
                    ),
                }
            ),
            "It cuts decimals off instead of rounding to the nearest code.": lambda w=w, b=bits, d=dim: absmax(
                w, b, d, rounding=torch.trunc
            ),
            "It always rounds down instead of to the nearest code.": lambda w=w, b=bits, d=dim: absmax(
                w, b, d, rounding=torch.floor
            ),
            "dim is taken as the dimension that keeps its scales; it is the one that is reduced.": lambda w=w, b=bits, o=other: (  # noqa: E501
                absmax(w, b, o)
            ),
            "dim is not used: there is one scale for everything.": lambda w=w, b=bits: absmax(w, b, None),
            "The scale loses the reduced dimension; keep it, so that it broadcasts against the codes.": lambda r=right, d=dim: (  # noqa: E501
                [r[0], r[1].squeeze(d) if d is not None else r[1]]
            ),
            "bits is not used.": lambda w=w, d=dim: absmax(w, 8, d),
        }
        expect_close(
            student.absmax_quantize(w, bits, dim=dim),
            right,
            what=f"What absmax_quantize gives with dim={dim}",
            mistakes=mistakes,
            advice="scale = max |w| / qmax with the maximum over dim, keepdim=True; q = round(w / scale).",
        )


@exercise("absmax_quantize")
def test_a_tensor_of_zeros(student, rng):
    w = normal(rng, 3, 5)
    w[1] = 0
    for given, dim in ((torch.zeros(4), None), (w, 1)):
        try:
            result = student.absmax_quantize(given, dim=dim)
        except StudentError as error:
            fail("Zeros are refused; they are quantized to zero.", expected="codes 0", got=str(error))
        q, scale = result
        zero = given == 0
        expect_equal(q[zero], torch.zeros(int(zero.sum()), dtype=torch.int8), what="The codes of zeros")
        if not isinstance(scale, torch.Tensor) or not scale.isfinite().all():
            fail("The scale of zeros is not a finite number.", expected="any finite number", got=scale)
        expect_close(
            q.double() * scale, given.double(), what="Codes times scale", rtol=0, atol=float(given.abs().max()) / 254
        )


@exercise("absmax_quantize")
def test_bf16_is_quantized_in_fp32(student, rng):
    # In bf16 the largest of these divided by a 127th of itself rounds to 128, which int8 has not.
    w = torch.cat([torch.tensor([whole(rng, 170, 191) / 128]), normal(rng, 40).clamp(-1.3, 1.3)]).bfloat16()
    w = clear(w, absmax(w, 8)[1])
    right = absmax(w, 8)
    q, scale = right
    expect_close(
        student.absmax_quantize(w),
        right,
        what="What absmax_quantize gives for bf16",
        mistakes={
            "It computes in bf16, where the largest code comes out as 128 and wraps to -128 in int8.": lambda: in_bf16(
                w
            ),
            "It computes in bf16, which is too coarse for codes up to 127.": lambda: in_bf16(w, clamped=True),
            "It computes codes in bf16, which is too coarse for codes up to 127.": lambda: [
                in_bf16(w, clamped=True)[0],
                right[1],
            ],
            "The codes are right, but the scale comes back in bf16; it must be fp32.": [q, scale.bfloat16()],
        },
        advice="w = w.float() in the first line.",
    )


@exercise("absmax_quantize")
def test_bits_that_no_int8_holds(student):
    for bits in (1, 9):
        with expect_error("ValueError", what=f"absmax_quantize with bits={bits}"):
            student.absmax_quantize(torch.tensor([1.0, 2.0]), bits)
    expect_equal(
        student.absmax_quantize(torch.tensor([0.5, 1.5, -2.0]), 2)[0],
        torch.tensor([0, 1, -1], dtype=torch.int8),
        what="The codes of 2 bits",
    )


@exercise("absmax_dequantize")
def test_codes_times_scale(student, rng):
    q = torch.tensor([-85, 32, 127, -53], dtype=torch.int8)
    right = torch.tensor([-0.8031496, 0.3023622, 1.2, -0.5007874])
    expect_close(
        student.absmax_dequantize(q, torch.tensor(1.2 / 127)),
        right,
        what="The docstring's codes, dequantized,",
        mistakes={
            "It divides by the scale instead of multiplying.": q.float() / torch.tensor(1.2 / 127),
            "It gives back the codes.": q.float(),
            "What comes out is cut to whole numbers.": right.to(torch.int8),
        },
    )
    codes = torch.randint(-127, 128, (4, 6), generator=rng).to(torch.int8)
    for scale in (normal(rng, 4, 1).abs(), normal(rng, 1, 6).abs()):
        expect_close(
            student.absmax_dequantize(codes, scale),
            (codes.double() * scale).float(),
            what="Codes with a scale for each row or column, dequantized,",
            mistakes={
                "Only the first scale is used.": lambda s=scale: (codes.double() * s.flatten()[0]).float(),
                "All rows and columns get the mean of the scales.": lambda s=scale: (codes.double() * s.mean()).float(),
            },
        )


@exercise("absmax_dequantize")
def test_a_scale_for_each_of_three_dimensions(student, rng):
    codes = torch.randint(-127, 128, (2, 3, 4), generator=rng).to(torch.int8)
    for shape in ((1, 3, 4), (2, 1, 4), (2, 3, 1), ()):
        scale = normal(rng, *shape).abs()
        expect_close(
            student.absmax_dequantize(codes, scale),
            (codes.double() * scale).float(),
            what="Codes of three dimensions, dequantized,",
        )


# --- zero point -----------------------------------------------------------------------------------------------------


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
        w = w + 0.01 * normal(rng, *w.shape)


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
    spread = one_zero_point(rng, normal(rng, 4, 6) + 0.7)
    expect_zero_point(student, spread, "What zero_point_quantize gives for two-sided numbers")
    far = one_zero_point(rng, normal(rng, 20).abs() + 3)
    expect_zero_point(student, far, "What zero_point_quantize gives for numbers that are all positive")
    expect_zero_point(student, -far, "What zero_point_quantize gives for numbers that are all negative")


@exercise("zero_point_quantize")
def test_constants(student, rng):
    value = 0.5 + float(normal(rng, 1).abs())
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


@exercise("zero_point_dequantize")
def test_steps_from_the_zero_point(student):
    q = torch.tensor([-128, -78, -26, 127], dtype=torch.int8)
    expect_close(
        student.zero_point_dequantize(q, torch.tensor(0.01), torch.tensor(-128, dtype=torch.int32)),
        torch.tensor([0.0, 0.5, 1.02, 2.55]),
        what="The docstring's codes, dequantized,",
        mistakes={
            "It adds the zero point instead of subtracting it.": torch.tensor([-2.56, -2.06, -1.54, -0.01]),
            "The zero point is not used.": torch.tensor([-1.28, -0.78, -0.26, 1.27]),
            "It multiplies before it subtracts: scale · q - zero_point.": torch.tensor(
                [126.72, 127.22, 127.74, 129.27]
            ),
            "It subtracts in int8, where the difference overflows and wraps around.": torch.tensor(
                [0.0, 0.5, 1.02, -0.01]
            ),
            "It divides by the scale instead of multiplying.": torch.tensor([0.0, 5000.0, 10200.0, 25500.0]),
        },
        rtol=1e-5,
        atol=1e-5,
    )


@exercise("zero_point_dequantize")
def test_no_overflow_whatever_the_zero_points_dtype(student, rng):
    q = torch.arange(-128, 128, 5).to(torch.int8).view(4, 13)
    scale = normal(rng, 1).abs()[0] + 0.1
    for dtype in (torch.int32, torch.int8, torch.int64):
        zero = whole(rng, -128, -60)
        expect_close(
            student.zero_point_dequantize(q, scale, torch.tensor(zero, dtype=dtype)),
            ((q.double() - zero) * scale.double()).float(),
            what="Codes with a zero point far from 0, dequantized,",
            mistakes={
                "It subtracts in int8, where the difference overflows and wraps around.": lambda z=zero: (
                    (q.int() - z).to(torch.int8).double() * scale.double()
                ).float(),
            },
            rtol=1e-5,
            atol=1e-5,
        )


# --- how far off ----------------------------------------------------------------------------------------------------


@exercise("reconstruction_error")
def test_the_docstrings_errors(student):
    w = torch.tensor([3.0, 4.0])
    expect_close(
        [student.reconstruction_error(w, torch.tensor(w_hat)) for w_hat in ([3.0, 3.0], [4.0, 3.0])],
        [0.2, 2**0.5 / 5],
        what="reconstruction_error of the docstring's examples",
        mistakes={
            "It averages signed errors, which cancel out.": [0.5 / (12.5**0.5), 0.0],
            "It averages signed errors, which cancel out, and not relative to w.": [0.5, 0.0],
            "The error is not divided by the size of w.": [0.5**0.5, 1.0],
            "The root is missing: it is the ratio of the squares.": [0.04, 0.08],
            "It takes magnitudes instead of squares.": [1 / 7, 2 / 7],
            "It takes the largest error instead of the root of the sum of squares.": [1 / 4, 1 / 4],
            "It is relative to w_hat instead of w.": [1 / 18**0.5, 2**0.5 / 5],
            "The norm of the error is not divided by that of w.": [1.0, 2**0.5],
            "It averages each number's own relative error.": [1 / 8, (1 / 3 + 1 / 4) / 2],
        },
        advice="‖w - w_hat‖ / ‖w‖, with ‖·‖ the root of the sum of squares.",
    )


@exercise("reconstruction_error")
def test_errors_of_random_numbers(student, rng):
    w, noise = normal(rng, 5, 7), normal(rng, 5, 7)
    for size in (1e-3, 0.3):
        w_hat = w + size * noise
        expect_close(
            student.reconstruction_error(w, w_hat),
            float((w.double() - w_hat.double()).norm() / w.double().norm()),
            what="reconstruction_error",
            rtol=1e-4,
        )
    same = student.reconstruction_error(w, w)
    expect_close(same, 0.0, what="reconstruction_error of a tensor and itself")
    if not isinstance(same, float):
        fail("reconstruction_error must return a Python float.", expected="float", got=type(same).__name__)


@exercise("reconstruction_error")
def test_shapes_must_agree(student):
    with expect_error("ValueError", what="reconstruction_error of shapes that only broadcast"):
        student.reconstruction_error(torch.ones(3), torch.ones(3, 1))
    expect_close(
        student.reconstruction_error(torch.ones(4), torch.zeros(4)), 1.0, what="reconstruction_error of nothing left"
    )


# --- blocks ---------------------------------------------------------------------------------------------------------


def block_of(n, block_size):
    """The block in which each of n numbers lies."""
    return torch.arange(n) // block_size


def block_maxima(w, block_size):
    """Each block's largest magnitude, (blocks,), in fp64, and each number's, in w's shape."""
    flat, block = w.double().flatten().abs(), block_of(w.numel(), block_size)
    maxima = torch.zeros(-(-w.numel() // block_size), dtype=torch.float64).scatter_reduce(0, block, flat, "amax")
    return maxima, maxima[block].view(w.shape)


def blockwise(w, block_size, bits):
    """[codes, scales] by fp64."""
    maxima, spread = block_maxima(w, block_size)
    qmax = 2 ** (bits - 1) - 1
    q = (w.double() / torch.where(spread == 0, 1, spread) * qmax).round()
    return [q.to(torch.int8), (maxima / qmax).float()]


def blocky(rng, shape, block_size, bits):
    """Numbers whose size changes from block to block and from row to row, none of them near halfway."""
    w = normal(rng, *shape) * 4 ** normal(rng, shape[0], *[1] * (len(shape) - 1))
    w = w.flatten() * 4 ** normal(rng, -(-w.numel() // block_size))[block_of(w.numel(), block_size)]
    w = w.view(shape)
    return clear(w, block_maxima(w, block_size)[1] / (2 ** (bits - 1) - 1))


@exercise("blockwise_quantize")
def test_the_docstrings_blocks(student):
    w = torch.tensor([1.0, -3, 4, 10, 30])
    expect_close(
        student.blockwise_quantize(w, 3, 4),
        [torch.tensor([2, -5, 7, 2, 7], dtype=torch.int8), torch.tensor([4 / 7, 30 / 7])],
        what="What blockwise_quantize gives for the docstring's numbers",
        mistakes={
            "One scale serves the whole tensor; each block needs its own.": [
                torch.tensor([0, -1, 1, 2, 7], dtype=torch.int8),
                torch.tensor([30 / 7]),
            ],
            "The last, shorter block is left out.": [
                torch.tensor([2, -5, 7, 0, 0], dtype=torch.int8),
                torch.tensor([4 / 7]),
            ],
            "The last, shorter block is not quantized with a scale of its own.": [
                torch.tensor([2, -5, 7, 18, 52], dtype=torch.int8),
                torch.tensor([4 / 7]),
            ],
            "Each number gets every block in turn, instead of the numbers of a block lying side by side.": [
                torch.tensor([0, -2, 1, 7, 7], dtype=torch.int8),
                torch.tensor([30 / 7, 10 / 7]),
            ],
        },
    )


@exercise("blockwise_quantize", points=2)
def test_a_scale_for_each_block(student, rng):
    shape, block_size, bits = one_of(rng, (5, 8), (4, 9)), one_of(rng, 7, 11), one_of(rng, 3, 4, 5)
    w = blocky(rng, shape, block_size, bits)
    n, last = w.numel(), w.numel() // block_size * block_size
    w.view(-1)[last:] /= 4 * w.view(-1)[last:].abs().max()  # the last, shorter block is small
    right = blockwise(w, block_size, bits)
    columns = blockwise(w.T.contiguous(), block_size, bits)

    def row_by_row():
        """[codes, scales] when no block reaches beyond the end of a row."""
        rows = [blockwise(row, block_size, bits) for row in w]
        return [torch.stack([codes for codes, _ in rows]), torch.cat([scales for _, scales in rows])]

    def ragged(change):
        """[codes, scales] when the last block's scale is made from something else."""
        scales = right[1].clone()
        scales[-1] = change
        codes = (w.double() / scales.double()[block_of(n, block_size)].view(shape)).round()
        return [codes.clamp(-128, 127).to(torch.int8), scales]

    expect_close(
        student.blockwise_quantize(w, block_size, bits),
        right,
        what="What blockwise_quantize gives",
        mistakes={
            "One scale serves the whole tensor; each block needs its own.": lambda: [
                absmax(w, bits)[0],
                absmax(w, bits)[1].reshape(1),
            ],
            "One scale serves the whole tensor, repeated for each block.": lambda: [
                absmax(w, bits)[0],
                absmax(w, bits)[1].expand(len(right[1])).contiguous(),
            ],
            "There is a scale for each row; blocks go on from one row into the next.": lambda: [
                absmax(w, bits, 1)[0],
                absmax(w, bits, 1)[1].flatten(),
            ],
            "Blocks begin anew in every row; they go on from one row into the next.": lambda: row_by_row(),
            "The codes come back in one dimension, not in the shape of w.": lambda: [right[0].flatten(), right[1]],
            "Blocks run down the columns; they go along the rows.": lambda: [columns[0].T.contiguous(), columns[1]],
            "The last, shorter block is filled up with ones, which go into its scale.": lambda: ragged(
                max(float(w.flatten()[last:].abs().max()), 1.0) / (2 ** (bits - 1) - 1)
            ),
            "The last, shorter block borrows the scale of the one before.": lambda: ragged(right[1][-2]),
            "bits is not used.": lambda: blockwise(w, block_size, 8),
            "The scales are the blocks' largest magnitudes, not yet divided by qmax.": lambda: [
                right[0],
                right[1] * (2 ** (bits - 1) - 1),
            ],
        },
        advice="Take w.flatten() in pieces of block_size; each piece is absmax with a scale of its own.",
    )


@exercise("blockwise_quantize")
def test_block_sizes_that_make_no_sense(student):
    w = torch.tensor([1.0, -3, 4, 10, 30])
    for block_size, bits in ((0, 4), (-1, 4), (3, 1)):
        with expect_error("ValueError", what=f"blockwise_quantize with block_size={block_size}, bits={bits}"):
            student.blockwise_quantize(w, block_size, bits)
    expect_equal(
        student.blockwise_quantize(w, 5, 8)[0],
        torch.tensor([4, -13, 17, 42, 127], dtype=torch.int8),
        what="The codes of a single block",
    )


@exercise("blockwise_dequantize")
def test_each_code_times_its_blocks_scale(student, rng):
    q, scales = torch.tensor([2, -5, 7, 2, 7], dtype=torch.int8), torch.tensor([4 / 7, 30 / 7])
    expect_close(
        student.blockwise_dequantize(q, scales, 3),
        torch.tensor([8 / 7, -20 / 7, 4.0, 60 / 7, 30.0]),
        what="The docstring's codes, dequantized,",
        mistakes={
            "The scales are laid out in turn instead of block by block.": torch.tensor(
                [8 / 7, -150 / 7, 4.0, 60 / 7, 4]
            ),
        },
    )
    codes, scales = torch.randint(-7, 8, (4, 9), generator=rng).to(torch.int8), normal(rng, 4).abs() + 0.1
    right = codes.double().flatten() * scales.double()[block_of(36, 11)]
    expect_close(
        student.blockwise_dequantize(codes, scales, 11),
        right.view(4, 9).float(),
        what="Codes of two dimensions, dequantized,",
        mistakes={
            "Each row gets one scale; blocks go on from one row into the next.": lambda: codes * scales[:, None],
            "The scales are laid out in turn instead of block by block.": lambda: (
                codes.flatten() * scales[torch.arange(36) % 4]
            ).view(4, 9),
            "What comes out has one dimension, not the shape of the codes.": right.float(),
            "Only the first block's scale is used.": lambda: codes * scales[0],
            "Blocks run down the columns; they go along the rows.": lambda: (
                (codes.T.flatten() * scales[block_of(36, 11)]).view(9, 4).T.contiguous()
            ),
        },
    )


@exercise("blockwise_dequantize")
def test_another_block_size_is_an_error(student):
    q, scales = torch.tensor([2, -5, 7, 2, 7], dtype=torch.int8), torch.tensor([4 / 7, 30 / 7])
    for block_size in (2, 5):
        with expect_error(
            "ValueError",
            what="blockwise_dequantize with the block size of another tensor",
            advice="Compare the number of scales with the number of blocks, rounded up.",
        ):
            student.blockwise_dequantize(q, scales, block_size)
    expect_close(
        student.blockwise_dequantize(q, scales, 4),
        torch.tensor([8 / 7, -20 / 7, 4.0, 8 / 7, 30.0]),
        what="Codes in another block size that fits, dequantized,",
    )


# --- NF4 ------------------------------------------------------------------------------------------------------------


def nf4_codes(w, block_size, levels=NF4, magnitude=None):
    """The index of each number's nearest level, (n,) int64, and how far it is from being halfway, relative."""
    maxima, spread = block_maxima(w, block_size)
    spread = spread if magnitude is None else magnitude
    x = w.double() / torch.where(spread == 0, 1, spread)
    x, halfway = x.flatten(), (levels[1:] + levels[:-1]) / 2
    codes = torch.bucketize(x, halfway)
    edges = torch.nn.functional.pad(halfway, (1, 1), value=torch.inf)
    return codes, 2 * torch.minimum((x - edges[codes]).abs(), (x - edges[codes + 1]).abs())


def pack(codes):
    """Two codes a byte, the first in the high half; an odd one's partner is 0."""
    codes = torch.cat([codes, codes.new_zeros(len(codes) % 2)])
    return (16 * codes[0::2] + codes[1::2]).to(torch.uint8)


def unpack(packed, n):
    """The codes, (n,) int64, one by one."""
    return torch.tensor([half for byte in packed.tolist() for half in (byte // 16, byte % 16)][:n], dtype=torch.int64)


def nf4_numbers(rng, shape, block_size):
    """Numbers whose size changes from block to block, none of them near halfway between two levels."""
    n = torch.Size(shape).numel()
    w = normal(rng, n) * 4 ** normal(rng, -(-n // block_size))[block_of(n, block_size)]
    return torch.where(nf4_codes(w, block_size)[1] < 1e-4, 0.0, w).view(shape)


def masked(packed, n):
    """packed with zero in the half byte that an odd number of codes leaves over."""
    if (
        not isinstance(packed, torch.Tensor)
        or packed.dtype != torch.uint8
        or packed.numel() != -(-n // 2)
        or n % 2 == 0
    ):
        return packed
    packed = packed.clone()
    packed[-1] &= 240
    return packed


def expect_nf4(student, w, block_size, what):
    """Compare nf4_quantize with the nearest levels, and with what mistakes would give."""
    n, maxima = w.numel(), block_maxima(w, block_size)[0].float()
    codes, _ = nf4_codes(w, block_size)
    result = student.nf4_quantize(w, block_size)
    if isinstance(result, (list, tuple)) and len(result) == 2:
        result = [masked(result[0], n), result[1]]
    half = -(-n // 2)
    even = torch.cat([codes, codes.new_zeros(n % 2)])
    whole_tensor = w.double().abs().max()
    below = (torch.where(block_maxima(w, block_size)[1] == 0, 1, block_maxima(w, block_size)[1])).flatten()
    x = w.double().flatten() / below
    signed = torch.zeros(len(maxima), dtype=torch.float64).scatter_reduce(
        0, block_of(n, block_size), w.double().flatten(), "amax", include_self=False
    )
    uniform = torch.linspace(-1, 1, 16, dtype=torch.float64)

    def packed(codes):
        return masked(pack(codes), n)

    expect_equal(
        result,
        [pack(codes), maxima],
        what=what,
        mistakes={
            "The halves of each byte are swapped; the first code goes into the high half.": lambda: [
                masked((even[0::2] + 16 * even[1::2]).to(torch.uint8), n),
                maxima,
            ],
            "The first half of all codes is packed with the second half; neighbours share a byte.": lambda: [
                masked((16 * even[:half] + even[half:]).to(torch.uint8), n),
                maxima,
            ],
            "The largest magnitude is taken over the whole tensor, not over each block.": lambda: [
                packed(nf4_codes(w, block_size, magnitude=whole_tensor)[0]),
                whole_tensor.float().expand(len(maxima)).contiguous(),
            ],
            "A single largest magnitude serves the whole tensor.": lambda: [
                packed(nf4_codes(w, block_size, magnitude=whole_tensor)[0]),
                whole_tensor.float().reshape(1),
            ],
            "The levels are evenly spaced; those of NF4 lie closer together near zero.": lambda: [
                packed(nf4_codes(w, block_size, uniform)[0]),
                maxima,
            ],
            "The codes are those of int4, not of NF4.": lambda: [packed((x * 7).round().long() + 8), maxima],
            "The code is that of the level below, not of the nearest one.": lambda: [
                packed((x[:, None] >= NF4).sum(1) - 1),
                maxima,
            ],
            "The code is that of the level above, not of the nearest one.": lambda: [
                packed((x[:, None] > NF4.clamp(max=1 - 1e-9)).sum(1).clamp(max=15)),
                maxima,
            ],
            "The block maxima are divided by 7; the levels reach 1, so nothing is divided.": lambda: [
                pack(codes),
                maxima / 7,
            ],
            "Each code takes a whole byte; two go into one.": lambda: [codes.to(torch.uint8), maxima],
            "The sign is lost: magnitudes are quantized.": lambda: [packed(nf4_codes(w.abs(), block_size)[0]), maxima],
            "The largest number of a block is taken, not the largest magnitude.": lambda: [
                packed(nf4_codes(w, block_size, magnitude=signed[block_of(n, block_size)].view(w.shape))[0]),
                signed.float(),
            ],
            "The signs are turned round: the codes count from the largest level down.": lambda: [
                packed(15 - codes),
                maxima,
            ],
        },
        advice="Divide a block by its largest magnitude, take the nearest level's index, pack 16 · first + second.",
    )


@exercise("nf4_quantize")
def test_the_docstrings_two_bytes(student):
    w = torch.tensor([0.5, -1.0, 0.0, 2.0])
    expect_nf4(student, w, 4, "What nf4_quantize gives for the docstring's numbers")


@exercise("nf4_quantize", points=2)
def test_the_nearest_of_sixteen_levels(student, rng):
    shape, block_size = one_of(rng, (8, 15), (6, 21)), one_of(rng, 16, 26)
    expect_nf4(student, nf4_numbers(rng, shape, block_size), block_size, "What nf4_quantize gives")


@exercise("nf4_quantize")
def test_an_odd_number_in_short_blocks(student, rng):
    expect_nf4(student, nf4_numbers(rng, (13,), 5), 5, "What nf4_quantize gives for 13 numbers in blocks of 5")


@exercise("nf4_quantize")
def test_a_block_of_zeros(student, rng):
    w = nf4_numbers(rng, (24,), 8)
    w[8:16] = 0
    packed, maxima = student.nf4_quantize(w, 8)
    if not isinstance(maxima, torch.Tensor) or not maxima.isfinite().all() or maxima[1] != 0:
        fail("The largest magnitude of a block of zeros is not 0.", expected=0.0, got=maxima)
    if unpack(packed[4:8], 8).tolist() != [7] * 8:
        fail(
            "The codes of a block of zeros are not 7, the level that is zero.",
            expected=[7] * 8,
            got=unpack(packed[4:8], 8).tolist(),
            advice="Divide by 1 where the largest magnitude is 0: 0 / 0 is not a number.",
        )
    expect_nf4(student, w, 8, "What nf4_quantize gives beside a block of zeros")


@exercise("nf4_dequantize")
def test_the_docstrings_bytes_back(student):
    packed, maxima = torch.tensor([162, 127], dtype=torch.uint8), torch.tensor([2.0])
    right = (NF4[torch.tensor([10, 2, 7, 15])] * 2).float().view(2, 2)
    expect_close(
        student.nf4_dequantize(packed, maxima, (2, 2), block_size=4),
        right,
        what="The docstring's bytes, dequantized,",
        mistakes={
            "The halves of each byte are swapped; the first code is in the high half.": right.flip(1),
            "What comes out has one dimension; shape is not used.": right.flatten(),
            "The levels are not multiplied by the block's largest magnitude.": right / 2,
            "All high halves come first, then all low halves; they take turns.": right.T,
            "The codes are read as int4, (code - 8) / 7, not as NF4.": (
                (torch.tensor([[10.0, 2], [7, 15]]) - 8) / 7 * 2
            ),
        },
    )


@exercise("nf4_dequantize", points=2)
def test_every_byte_back(student, rng):
    packed = torch.randperm(256, generator=rng).to(torch.uint8)
    maxima = normal(rng, 12).abs() + 0.1
    codes = unpack(packed, 512)
    scale = maxima.double()[block_of(512, 45)]
    swapped = codes.view(-1, 2).flip(1).flatten()

    def decoded(levels):
        return (levels * scale).float().view(8, 64)

    expect_close(
        student.nf4_dequantize(packed, maxima, (8, 64), 45),
        decoded(NF4[codes]),
        what="All 256 bytes, dequantized,",
        mistakes={
            "The halves of each byte are swapped; the first code is in the high half.": lambda: decoded(NF4[swapped]),
            "The levels are evenly spaced; those of NF4 lie closer together near zero.": lambda: decoded(
                torch.linspace(-1, 1, 16, dtype=torch.float64)[codes]
            ),
            "The codes are read as int4, (code - 8) / 7, not as NF4.": lambda: decoded((codes.double() - 8) / 7),
            "The block maxima are laid out in turn instead of block by block.": lambda: (
                (NF4[codes] * maxima.double()[torch.arange(512) % 12]).float().view(8, 64)
            ),
            "All high halves come first, then all low halves; they take turns.": lambda: decoded(
                NF4[torch.cat([codes[0::2], codes[1::2]])]
            ),
            "Only the first block's largest magnitude is used.": lambda: (
                (NF4[codes] * maxima[0].double()).float().view(8, 64)
            ),
            "block_size is not used: every block is taken to be as long as the first fits in.": lambda: (
                (NF4[codes] * maxima.double()[block_of(512, 43)]).float().view(8, 64)
            ),
            "The signs are turned round: the codes count from the largest level down.": lambda: decoded(
                NF4[15 - codes]
            ),
        },
        advice="packed >> 4 is the first code of a byte, packed & 15 the second.",
    )


@exercise("nf4_dequantize")
def test_bytes_of_another_shape_are_an_error(student):
    packed, maxima = torch.tensor([162, 127], dtype=torch.uint8), torch.tensor([2.0])
    for shape, block_size in (((2, 3), 64), ((2, 1), 64), ((2, 2), 3)):
        with expect_error("ValueError", what="nf4_dequantize with a shape or block size of another tensor"):
            student.nf4_dequantize(packed, maxima, shape, block_size)
    expect_close(
        student.nf4_dequantize(packed, maxima, (3,)),
        (NF4[torch.tensor([10, 2, 7])] * 2).float(),
        what="An odd number of codes, dequantized,",
    )


# --- layers ---------------------------------------------------------------------------------------------------------


@probe
def quantized_output(lesson, weight, bias, bits, block_size, x):
    """The output of a QuantizedLinear, and its input's gradient for the sum of the outputs times their place."""
    linear = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, dtype=weight.dtype)
    with torch.no_grad():
        linear.weight.copy_(weight)
        if bias is not None:
            linear.bias.copy_(bias)
    layer = lesson.QuantizedLinear(linear, bits, block_size)
    x = x.clone().requires_grad_(True)
    output = layer(x)
    if output.requires_grad:
        (output * torch.arange(output.shape[-1])).sum().backward()
    return {
        "output": output,
        "gradient": x.grad,
        "trainable": sum(p.requires_grad for p in layer.parameters()),
        "left": [linear.weight, linear.bias],
    }


class Case:
    """A linear layer with fresh numbers, none of its weights near halfway, and what it is quantized to."""

    def __init__(self, rng, bits, block_size, d_in=12, d_out=9):
        self.weight, self.bias = blocky(rng, (d_out, d_in), block_size, bits), normal(rng, d_out)
        self.x = normal(rng, 4, d_in)
        self.codes, self.scales = blockwise(self.weight, block_size, bits)
        self.block_size = block_size
        self.quantized = self.decode(self.codes, self.scales)

    def decode(self, codes, scales):
        """The weight that codes and scales stand for."""
        spread = scales.double()[block_of(codes.numel(), self.block_size)].view(codes.shape)
        return (codes.double() * spread).float()

    def output(self, weight, bias=None):
        return (self.x.double() @ weight.double().T + (self.bias if bias is None else bias)).float()


@exercise("QuantizedLinear", points=2)
def test_it_computes_with_the_quantized_weight(student, rng):
    for bits in (8, 4):
        block_size = one_of(rng, 7, 10)
        case = Case(rng, bits, block_size)
        seen = student.run(quantized_output, case.weight, case.bias, bits, block_size, case.x)
        scale = float(case.weight.abs().max())
        expect_close(
            seen["output"],
            case.output(case.quantized),
            what=f"The output with {bits} bits",
            mistakes={
                "It computes with the weight as it was; nothing is quantized.": lambda c=case: c.output(c.weight),
                "The bias is lost.": lambda c=case: c.output(c.quantized) - c.bias,
                "One scale serves the whole weight instead of one for each block.": lambda c=case, b=bits: c.output(
                    c.decode(*blockwise(c.weight, c.weight.numel(), b)[:1], blockwise(c.weight, 10**6, b)[1].expand(99))
                ),
                "bits is not used: it always quantizes to 8.": lambda c=case: c.output(
                    c.decode(*blockwise(c.weight, c.block_size, 8))
                ),
                "bits is not used: it always quantizes to 4.": lambda c=case: c.output(
                    c.decode(*blockwise(c.weight, c.block_size, 4))
                ),
                "It computes with the codes and never multiplies by the scales.": lambda c=case: c.output(c.codes),
                "The weight is quantized to NF4; here it is absmax in blocks.": lambda c=case: c.output(
                    NF4[nf4_codes(c.weight, c.block_size)[0]].view(9, 12) * block_maxima(c.weight, c.block_size)[1]
                ),
                "block_size is not used: there is a scale for each row.": lambda c=case, b=bits: c.output(
                    absmax(c.weight, b, 1)[0] * absmax(c.weight, b, 1)[1]
                ),
                "The bias is quantized too; it stays as it was.": lambda c=case, b=bits: c.output(
                    c.quantized,
                    (lambda q, s: q.double() * s[block_of(9, c.block_size)])(*blockwise(c.bias, c.block_size, b)),
                ),
            },
            advice="Quantize in __init__; in forward dequantize, then F.linear(x, weight, bias).",
            rtol=1e-4,
            atol=1e-5 * scale,
        )


@exercise("QuantizedLinear")
def test_nothing_is_trainable_but_gradients_pass(student, rng):
    case = Case(rng, 4, 10)
    seen = student.run(quantized_output, case.weight, case.bias, 4, 10, case.x)
    if seen["trainable"]:
        fail(
            "Something in the layer is still trainable.",
            expected=0,
            got=seen["trainable"],
            advice="register_buffer instead of nn.Parameter, for the bias too.",
        )
    if seen["gradient"] is None:
        fail(
            "The input gets no gradient, so layers before this one could not learn.",
            advice="torch.no_grad() belongs around quantizing, not around forward.",
        )
    expect_close(
        seen["gradient"],
        (torch.arange(9).double() @ case.quantized.double()).float().expand(4, 12),
        what="The gradient at the input",
        rtol=1e-4,
        atol=1e-4 * float(case.weight.abs().max()),
    )
    expect_equal(
        seen["left"],
        [case.weight, case.bias],
        what="What is left of the linear layer, which must be as it was,",
    )
    if not all(tensor.requires_grad for tensor in seen["left"]):
        fail("The linear layer that was given is frozen; it must be left as it was.")


@probe
def quantized_state(lesson, weight, bias, bits, block_size):
    """A QuantizedLinear's state, the bytes behind each of its tensors, and what memory_bytes says."""
    linear = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, dtype=weight.dtype)
    with torch.no_grad():
        linear.weight.copy_(weight)
        if bias is not None:
            linear.bias.copy_(bias)
    layer = lesson.QuantizedLinear(linear, bits, block_size)
    state = dict(layer.state_dict())
    return {
        "state": state,
        "storages": {name: tensor.untyped_storage().nbytes() for name, tensor in state.items()},
        "memory_bytes": layer.memory_bytes(),
    }


@probe
def loaded_output(lesson, weight, bias, bits, block_size, state, x):
    """The output of a QuantizedLinear made from these numbers after it has loaded that state."""
    linear = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, dtype=weight.dtype)
    with torch.no_grad():
        linear.weight.copy_(weight)
        if bias is not None:
            linear.bias.copy_(bias)
    layer = lesson.QuantizedLinear(linear, bits, block_size)
    layer(x)  # whoever keeps a dequantized copy makes it now
    layer.load_state_dict(state)
    return layer(x)


def size_of(tensor):
    return tensor.numel() * tensor.element_size()


def expect_small_state(seen, n, bits, blocks, bias_bytes):
    """Fail unless the state that came over holds packed codes, scales and bias, and nothing else of size."""
    state = {name: tensor for name, tensor in seen["state"].items() if isinstance(tensor, torch.Tensor)}
    floats = [tensor for tensor in state.values() if tensor.is_floating_point()]
    codes = sum(size_of(tensor) for tensor in state.values() if not tensor.is_floating_point())
    expected = -(-n * bits // 8) + 4 * blocks + bias_bytes
    total = sum(map(size_of, state.values()))
    if any(tensor.numel() >= n for tensor in floats):
        fail(
            "The weight is kept in floating-point numbers, so nothing is saved.",
            expected=f"about {expected} bytes",
            got=f"{total} bytes",
            advice="Keep the codes and the scales only: no parameter, no linear layer as an attribute.",
        )
    if bits == 4 and codes >= n:
        fail(
            "Each 4-bit code takes a whole byte; two go into one.",
            expected=f"{-(-n // 2)} bytes of codes",
            got=f"{codes} bytes",
        )
    if bits == 8 and codes > n + 64:
        fail("An 8-bit code takes more than a byte.", expected=f"{n} bytes of codes", got=f"{codes} bytes")
    if sum(map(size_of, floats)) < 4 * blocks + bias_bytes or codes < -(-n * bits // 8):
        fail(
            "The state lacks something that the layer needs: codes, fp32 scales or the bias.",
            expected=f"{expected} bytes",
            got=f"{total} bytes",
            advice="self.register_buffer(name, tensor): other attributes are no part of state_dict().",
        )
    if total > expected + 64:
        fail("The state holds more than codes, scales and bias.", expected=f"{expected} bytes", got=f"{total} bytes")
    if any(seen["storages"][name] != size_of(tensor) for name, tensor in state.items()):
        fail(
            "A tensor of the layer is a view that keeps a larger one in memory.",
            expected=f"{total} bytes",
            got=f"{sum(seen['storages'].values())} bytes",
            advice=".contiguous() of a slice may still be the slice; .clone() copies only what is needed.",
        )
    return total


def expect_it_computes_from_its_state(student, rng, bits):
    """Fail unless codes from one state and scales from another, put together here, are what the layer computes with."""
    one, two, three = Case(rng, bits, 10), Case(rng, bits, 10), Case(rng, bits, 10)
    states = [student.run(quantized_state, c.weight, c.bias, bits, 10)["state"] for c in (one, two)]
    if states[0].keys() != states[1].keys():
        fail("The state's names differ from layer to layer.", expected=list(states[0]), got=list(states[1]))
    mixed = {name: states[1][name] if states[0][name].is_floating_point() else states[0][name] for name in states[0]}
    output = student.run(loaded_output, three.weight, three.bias, bits, 10, mixed, three.x)
    right = three.output(three.decode(one.codes, two.scales), two.bias)
    expect_close(
        output,
        right,
        what="The output after loading codes and scales",
        mistakes={
            "forward does not compute from what stands in state_dict().": lambda: three.output(three.quantized),
            "forward computes from a copy that was made before the state was loaded.": lambda: three.output(
                three.quantized, two.bias
            ),
            "forward computes with the weight that it was made from.": lambda: three.output(three.weight),
            "forward computes with the weight that it was made from, whatever was loaded.": lambda: three.output(
                three.weight, two.bias
            ),
            "The bias that was loaded is not used.": lambda: right - two.bias + three.bias,
        },
        advice="Dequantize in forward, from the buffers, each time.",
        rtol=1e-4,
        atol=1e-5 * float(right.abs().max()),
    )


@exercise("QuantizedLinear", points=2)
def test_the_state_is_small_and_all_there_is(student, rng):
    for bits in (8, 4):
        case = Case(rng, bits, 10)
        seen = student.run(quantized_state, case.weight, case.bias, bits, 10)
        expect_small_state(seen, 108, bits, 11, 36)
        expect_it_computes_from_its_state(student, rng, bits)


@exercise("QuantizedLinear")
def test_memory_bytes_are_what_is_held(student, rng):
    for bits, bias in ((8, True), (4, True), (4, False)):
        case = Case(rng, bits, 10)
        seen = student.run(quantized_state, case.weight, case.bias if bias else None, bits, 10)
        total = expect_small_state(seen, 108, bits, 11, 36 if bias else 0)
        codes, scales, rest = 108 * bits // 8, 44, 36 if bias else 0
        expect_equal(
            seen["memory_bytes"],
            total,
            what="memory_bytes()",
            mistakes={
                "memory_bytes() forgets the scales.": codes + rest,
                "memory_bytes() forgets the bias.": codes + scales,
                "memory_bytes() forgets scales and bias.": codes,
                "memory_bytes() counts numbers, not bytes.": codes + 11 + rest // 4,
                "memory_bytes() counts each 4-bit code as a byte.": 108 + scales + rest,
                "memory_bytes() counts bits.": 8 * total,
                "memory_bytes() counts the weight as it was before.": 4 * 108 + rest,
                "memory_bytes() counts every tensor as fp32.": 4 * (codes + 11) + rest,
            },
            advice="Add up what the buffers hold: tensor.untyped_storage().nbytes().",
        )
        expect_it_computes_from_its_state(student, rng, bits)


@probe
def make_quantized(lesson, bits, block_size):
    lesson.QuantizedLinear(nn.Linear(6, 5), bits, block_size)


@exercise("QuantizedLinear")
def test_settings_of_a_layer_that_make_no_sense(student, rng):
    for bits, block_size in ((5, 16), (16, 16), (4, 0)):
        with expect_error("ValueError", what=f"QuantizedLinear with bits={bits}, block_size={block_size}"):
            student.run(make_quantized, bits, block_size)
    expect_it_computes_from_its_state(student, rng, 8)


@probe
def run_qlora(lesson, weight, bias, A, B, alpha, x, direction):
    """A QLoRALinear that holds this A and B: output, gradients of sum(output · direction), and the merged layer."""
    linear = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, dtype=weight.dtype)
    with torch.no_grad():
        linear.weight.copy_(weight)
        if bias is not None:
            linear.bias.copy_(bias)
    layer = lesson.QLoRALinear(linear, A.shape[0], alpha)
    found = {}
    with torch.no_grad():
        for tensor in layer.parameters():
            for name, values in (("A", A), ("A", A.T), ("B", B), ("B", B.T)):
                if tensor.requires_grad and tensor.shape == values.shape:
                    tensor.copy_(values)
                    found[name] = tensor
    x = x.clone().requires_grad_(True)
    output = layer(x)
    if output.requires_grad:
        (output * direction).sum().backward()
    grads = {
        name: None if tensor.grad is None else tensor.grad.T if tensor.shape != (A if name == "A" else B).shape
        else tensor.grad for name, tensor in found.items()
    }  # fmt: skip
    merged = layer.merge()
    return {
        "output": output,
        "A": grads.get("A"),
        "B": grads.get("B"),
        "x": x.grad,
        "others": sum(p.grad is not None for p in layer.parameters()) - len(found),
        "linear": isinstance(merged, nn.Linear),
        "merged_weight": getattr(merged, "weight", None),
        "merged_bias": getattr(merged, "bias", None),
        "merged_output": merged(x) if isinstance(merged, nn.Module) else None,
        "after": layer(x),
    }


class Detour:
    """A weight in NF4 with a detour, fresh numbers. Blocks of 64 run across rows, and the last one is short."""

    def __init__(self, rng):
        self.d_in, self.d_out = one_of(rng, (21, 13), (26, 9))
        self.r, self.alpha = one_of(rng, (2, 7), (3, 11))
        self.weight, self.bias = nf4_numbers(rng, (self.d_out, self.d_in), 64), normal(rng, self.d_out)
        self.A, self.B = normal(rng, self.r, self.d_in), normal(rng, self.d_out, self.r)
        self.x, self.direction = normal(rng, 4, self.d_in), normal(rng, 4, self.d_out)
        codes, _ = nf4_codes(self.weight, 64)
        self.quantized = (NF4[codes].view(self.weight.shape) * block_maxima(self.weight, 64)[1]).float()
        self.scale, self.product = self.alpha / self.r, self.B @ self.A

    def output(self, weight, times):
        """Output with this weight and `times` the product B A; right is the quantized weight and alpha / r."""
        return self.x @ weight.T + self.bias + times * self.x @ self.product.T

    def run(self, student):
        args = self.weight, self.bias, self.A, self.B, self.alpha, self.x, self.direction
        return student.run(run_qlora, *args)

    def int4(self):
        codes, scales = blockwise(self.weight, 64, 4)
        return codes * scales[block_of(codes.numel(), 64)].view(codes.shape)


# The outputs reach some hundred, so fp32 rounds them by 1e-4; what quantization changes is a hundred times that.
LAYER = {"rtol": 1e-4, "atol": 1e-3}


@exercise("QLoRALinear")
def test_the_docstrings_layer(student):
    weight, A, B = torch.tensor([[0.5, -1.0, 0.0, 2.0]]), torch.tensor([[1.0, 0, 2, 0]]), torch.tensor([[0.5]])
    x = torch.ones(1, 4)
    seen = student.run(run_qlora, weight, None, A, B, 3, x, torch.ones(1, 1))
    quantized = (NF4[torch.tensor([[10, 2, 7, 15]])] * 2).float()
    expect_close(
        [seen["output"], seen["merged_weight"]],
        [quantized.sum().reshape(1, 1) + 4.5, quantized + 1.5 * A],
        what="Output and merged weight of the docstring's example",
        mistakes={
            "The update is added without the factor alpha / r.": [
                quantized.sum().reshape(1, 1) + 1.5,
                quantized + 0.5 * A,
            ],
            "The highway is the original weight, not the quantized one.": [torch.tensor([[6.0]]), weight + 1.5 * A],
            "merge() adds the update to the original weight; A and B were trained beside the quantized one.": [
                quantized.sum().reshape(1, 1) + 4.5,
                weight + 1.5 * A,
            ],
            "forward adds the update without the factor alpha / r.": [
                quantized.sum().reshape(1, 1) + 1.5,
                quantized + 1.5 * A,
            ],
            "merge() adds B A without the factor alpha / r.": [
                quantized.sum().reshape(1, 1) + 4.5,
                quantized + 0.5 * A,
            ],
            "merge() quantizes the merged weight again, which throws most of the update away.": lambda: [
                quantized.sum().reshape(1, 1) + 4.5,
                (
                    NF4[nf4_codes(quantized + 1.5 * A, 64)[0]].view(1, 4) * block_maxima(quantized + 1.5 * A, 64)[1]
                ).float(),
            ],
        },
    )


@exercise("QLoRALinear", points=2)
def test_a_highway_in_nf4_and_a_detour(student, rng):
    case = Detour(rng)
    seen = case.run(student)
    expect_close(
        seen["output"],
        case.output(case.quantized, case.scale),
        what="The output",
        mistakes={
            "The highway is the original weight, not the quantized one.": lambda: case.output(case.weight, case.scale),
            "The update is added without the factor alpha / r.": lambda: case.output(case.quantized, 1),
            "The update is multiplied by alpha but not divided by r.": lambda: case.output(case.quantized, case.alpha),
            "The detour is there, but forward does not use its trainable tensors.": lambda: case.output(
                case.quantized, 0
            ),
            "The bias is lost.": lambda: case.output(case.quantized, case.scale) - case.bias,
            "The base path is missing; only the detour comes out.": lambda: case.scale * case.x @ case.product.T,
            "The highway is in int4; it must be NF4.": lambda: case.output(case.int4(), case.scale),
        },
        advice="h = x Ŵᵀ + b + (alpha / r) · x Aᵀ Bᵀ with Ŵ = nf4_dequantize(nf4_quantize(W)).",
        **LAYER,
    )


@exercise("QLoRALinear")
def test_gradients_reach_a_and_b_and_the_input(student, rng):
    case = Detour(rng)
    seen = case.run(student)
    for name in ("A", "B"):
        if seen[name] is None:
            fail(
                f"{name} gets no gradient.", advice="No .data, .detach() or torch.no_grad() between it and the output."
            )
    if seen["x"] is None:
        fail("The input gets no gradient at all, so layers before this one could not learn.")
    expect_close(
        {"A": seen["A"], "B": seen["B"]},
        {
            "A": case.scale * (case.direction @ case.B).T @ case.x,
            "B": case.scale * case.direction.T @ (case.x @ case.A.T),
        },
        what="The gradient at A and B",
        **LAYER,
    )
    through_base, through_detour = case.direction @ case.quantized, case.scale * case.direction @ case.product
    expect_close(
        seen["x"],
        through_base + through_detour,
        what="The gradient at the input",
        mistakes={
            "No gradient flows back through the quantized weight to the input.": through_detour,
            "No gradient flows back through the detour to the input.": through_base,
            "The gradient at the input is that of the original weight.": case.direction @ case.weight + through_detour,
        },
        **LAYER,
    )
    if seen["others"]:
        fail("Something besides A and B gets a gradient.", expected=0, got=seen["others"])


@exercise("QLoRALinear", points=2)
def test_merging_into_the_dequantized_weight(student, rng):
    case = Detour(rng)
    seen = case.run(student)
    if not seen["linear"]:
        fail("merge() must return an nn.Linear.", got=seen["merged_weight"])
    delta = case.scale * case.product
    expect_close(
        seen["merged_weight"],
        case.quantized + delta,
        what="The merged weight",
        mistakes={
            "merge() adds the update to the original weight; A and B were trained beside the quantized one.": lambda: (
                case.weight + delta
            ),
            "merge() adds B A without the factor alpha / r.": lambda: case.quantized + case.product,
            "merge() leaves the update out.": lambda: case.quantized,
            "merge() gives the update alone.": lambda: delta,
            "merge() adds the update transposed.": lambda: case.quantized,
            "merge() quantizes the merged weight again, which throws most of the update away.": lambda: (
                NF4[nf4_codes(case.quantized + delta, 64)[0]].view(delta.shape)
                * block_maxima(case.quantized + delta, 64)[1]
            ).float(),
        },
        advice="Dequantize, add (alpha / r) · B A, put the sum into a new nn.Linear.",
        **LAYER,
    )
    expect_close(
        seen["merged_bias"],
        case.bias,
        what="The merged layer's bias",
        mistakes={},
        advice="Copy the bias into the new layer.",
    )
    expect_close(
        [seen["merged_output"], seen["after"]],
        [case.output(case.quantized, case.scale)] * 2,
        what="The output of the merged layer, or that of this layer after merging,",
        mistakes={
            "merge() changes the layer itself; it must stay as it is.": lambda: [
                case.output(case.quantized, case.scale),
                case.output(case.quantized, 2 * case.scale),
            ],
            "After merge() the layer itself computes without its detour.": lambda: [
                case.output(case.quantized, case.scale),
                case.output(case.quantized, 0),
            ],
        },
        **LAYER,
    )


@probe
def fresh_qlora(lesson, weight, bias, r, alpha, x):
    """A QLoRALinear as it starts: output, trainable tensors, state, and what is left of the linear layer."""
    linear = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None)
    with torch.no_grad():
        linear.weight.copy_(weight)
        if bias is not None:
            linear.bias.copy_(bias)
    layer = lesson.QLoRALinear(linear, r, alpha)
    return {
        "output": layer(x),
        "trainable": [tensor for tensor in layer.parameters() if tensor.requires_grad],
        "state": dict(layer.state_dict()),
        "left": [linear.weight, linear.bias],
    }


@exercise("QLoRALinear")
def test_it_starts_as_the_quantized_base(student, rng):
    case = Detour(rng)
    seen = student.run(fresh_qlora, case.weight, case.bias, case.r, case.alpha, case.x)
    shapes = [tuple(tensor.shape) for tensor in seen["trainable"]]
    wanted = [(case.r, case.d_in), (case.d_out, case.r)]
    if (case.d_out,) in shapes:
        fail("The bias is still trainable.", expected=wanted, got=shapes)
    if sorted(map(sorted, shapes)) != sorted(map(sorted, wanted)):
        fail("The trainable tensors are not two matrices, r×d_in and d_out×r.", expected=wanted, got=shapes)
    zero = [tensor for tensor in seen["trainable"] if not tensor.any()]
    if not zero:
        fail("A and B both start random, so the layer does not start as its quantized base.")
    if len(zero) == 2:
        fail("A and B both start at zero, so neither ever gets a gradient.")
    expect_close(seen["output"], case.output(case.quantized, 0), what="The output of a fresh layer", **LAYER)
    expect_equal(
        seen["left"], [case.weight, case.bias], what="What is left of the linear layer, which must be as it was,"
    )
    if not all(tensor.requires_grad for tensor in seen["left"]):
        fail("The linear layer that was given is frozen; it must be left as it was.")


@exercise("QLoRALinear")
def test_no_copy_of_the_weight_is_kept(student, rng):
    case = Detour(rng)
    seen = student.run(fresh_qlora, case.weight, case.bias, case.r, case.alpha, case.x)
    n, state = case.weight.numel(), [t for t in seen["state"].values() if isinstance(t, torch.Tensor)]
    floats = [tensor for tensor in state if tensor.is_floating_point()]
    bytes_of_codes = sum(size_of(tensor) for tensor in state if not tensor.is_floating_point())
    if any(tensor.numel() >= n for tensor in floats):
        fail(
            "The weight is kept in floating-point numbers, so nothing is saved.",
            expected=f"{-(-n // 2)} bytes of codes",
        )
    if bytes_of_codes >= n:
        fail("Each 4-bit code takes a whole byte; two go into one.", expected=f"{-(-n // 2)} bytes of codes")
    right = 4 * (-(-n // 64) + case.d_out + case.r * (case.d_in + case.d_out))
    total = sum(map(size_of, floats))
    if bytes_of_codes < -(-n // 2) or total < right:
        fail(
            "The state lacks something that the layer needs: codes, block maxima, bias, A or B.",
            expected=f"{-(-n // 2)} bytes of codes and {right} of fp32",
            got=f"{bytes_of_codes} and {total}",
        )
    if total > right + 64:
        fail("The state holds more than codes, block maxima, bias, A and B.", expected=f"{right} bytes", got=f"{total}")
    expect_close(seen["output"], case.output(case.quantized, 0), what="The output of a fresh layer", **LAYER)


@probe
def make_qlora(lesson, r):
    lesson.QLoRALinear(nn.Linear(6, 5), r, 8)


@exercise("QLoRALinear")
def test_a_rank_below_one_is_an_error(student, rng):
    with expect_error("ValueError", what="QLoRALinear with r = 0"):
        student.run(make_qlora, 0)
    case = Detour(rng)
    expect_close(case.run(student)["output"], case.output(case.quantized, case.scale), what="The output", **LAYER)


# --- the cache ------------------------------------------------------------------------------------------------------


def cache(keys, values, bits, key_dim=-2, value_dim=-1, bytes_of=None):
    """What quantize_kv_cache returns, by fp64."""
    key_codes, key_scales = absmax(keys, bits, key_dim)
    value_codes, value_scales = absmax(values, bits, value_dim)
    numbers, scales = keys.numel() + values.numel(), key_scales.numel() + value_scales.numel()
    counted = -(-numbers * bits // 8) + 4 * scales if bytes_of is None else bytes_of(numbers, scales)
    return {
        "keys": key_codes,
        "key_scales": key_scales,
        "values": value_codes,
        "value_scales": value_scales,
        "bytes": counted,
    }


CACHE_MISTAKES = {
    "The axes are swapped: keys share a scale per channel, values per token.": {"key_dim": -1, "value_dim": -2},
    "Keys have a scale per token; they need one per channel.": {"key_dim": -1},
    "Values have a scale per channel; they need one per token.": {"value_dim": -2},
    "bytes leaves the scales out.": {"bytes_of": lambda n, s: None},
    "bytes counts each code as a byte, whatever bits says.": {"bytes_of": lambda n, s: n + 4 * s},
    "bytes counts each scale as one byte; fp32 takes four.": {"bytes_of": lambda n, s: "one"},
    "bytes is what the cache takes in 16 bits.": {"bytes_of": lambda n, s: 2 * n},
    "bytes counts the keys only.": {"bytes_of": lambda n, s: "keys"},
}


def expect_cache(student, keys, values, bits, what):
    right = cache(keys, values, bits)
    numbers, scales = keys.numel() + values.numel(), right["key_scales"].numel() + right["value_scales"].numel()
    counts = {
        None: -(-numbers * bits // 8),
        "one": -(-numbers * bits // 8) + scales,
        "keys": -(-keys.numel() * bits // 8) + 4 * right["key_scales"].numel(),
    }

    def mistaken(settings):
        wrong = cache(keys, values, bits, **settings)
        return {**wrong, "bytes": counts.get(wrong["bytes"], wrong["bytes"])}

    mistakes = {sentence: lambda s=settings: mistaken(s) for sentence, settings in CACHE_MISTAKES.items()}
    mistakes["One scale serves all keys, and one all values."] = lambda: cache(keys, values, bits, None, None)
    mistakes["bits is not used for the codes."] = lambda: {**cache(keys, values, 8), "bytes": right["bytes"]}
    mistakes["bits is not used."] = lambda: cache(keys, values, 8)
    mistakes["All heads share their scales; each has its own."] = lambda: cache(keys, values, bits, (1, 2), (1, 3))
    mistakes["All sequences of the batch share their scales; each has its own."] = lambda: cache(
        keys, values, bits, (0, 2), (0, 3)
    )
    mistakes["The scales lose the reduced dimension; keep it, so that they broadcast."] = lambda: {
        **right,
        "key_scales": right["key_scales"].squeeze(-2),
        "value_scales": right["value_scales"].squeeze(-1),
    }
    mistakes["The values are quantized from the keys."] = lambda: cache(keys, keys, bits)
    expect_close(
        student.quantize_kv_cache(keys, values, bits),
        right,
        what=what,
        mistakes=mistakes,
        advice="absmax_quantize(keys, bits, dim=-2) and absmax_quantize(values, bits, dim=-1); bytes counts all four.",
    )


def cached(rng, shape, bits):
    """Keys with large channels, values with large tokens, none near halfway on its right axis."""
    keys = normal(rng, *shape) * 5 ** normal(rng, *shape[:2], 1, shape[3])
    values = normal(rng, *shape) * 5 ** normal(rng, *shape[:3], 1)
    return clear(keys, absmax(keys, bits, -2)[1]), clear(values, absmax(values, bits, -1)[1])


@exercise("quantize_kv_cache")
def test_the_docstrings_cache(student):
    numbers = torch.tensor([[[[1.0, 40], [-4, 30]]]])
    expect_cache(student, numbers, numbers, 8, "What quantize_kv_cache gives for the docstring's cache")


@exercise("quantize_kv_cache", points=2)
def test_keys_per_channel_and_values_per_token(student, rng):
    for bits in (8, 4):
        keys, values = cached(rng, (2, 3, 6, 5), bits)
        expect_cache(student, keys, values, bits, f"What quantize_kv_cache gives with bits={bits}")


# --- the libraries --------------------------------------------------------------------------------------------------


@probe
def loaded_by_transformers(lesson, seed, token_ids):
    """Save a small GPT-2, load it with load_in_4bit: names of its 4-bit layers, its logits."""
    import tempfile

    import bitsandbytes

    model = builders.tiny_gpt2(seed, width=64, heads=2, layers=1)
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        loaded = lesson.load_in_4bit(folder).eval()
    with torch.no_grad():
        logits = loaded(token_ids).logits
    kinds = {name: isinstance(layer, bitsandbytes.nn.Linear4bit) for name, layer in loaded.named_modules()}
    return {"quantized": sorted(name for name, found in kinds.items() if found), "logits": logits.float()}


@probe
def load_without_bitsandbytes(lesson):
    """What load_in_4bit does where bitsandbytes can't be imported."""
    import sys

    installed = sys.modules.get("bitsandbytes")
    sys.modules["bitsandbytes"] = None  # then importing it is an ImportError
    try:
        lesson.load_in_4bit("no such folder")
    finally:
        if installed is None:
            del sys.modules["bitsandbytes"]
        else:
            sys.modules["bitsandbytes"] = installed


@exercise("load_in_4bit")
def test_without_bitsandbytes_it_says_so(student):
    try:
        student.run(load_without_bitsandbytes)
    except StudentError as error:
        if error.type in ("ImportError", "ModuleNotFoundError") and "bitsandbytes" in error.message:
            return
        fail("Without bitsandbytes the error is not an ImportError that names it.", got=str(error))
    fail("Without bitsandbytes nothing can be loaded in 4 bits, but there is no error.")


def model_to_load(rng):
    """A seed, its model, and what NF4 makes of the weights of its layers, none of which has a number near halfway."""
    while True:
        seed = whole(rng, 0, 1 << 30)
        model = builders.tiny_gpt2(seed, width=64, heads=2, layers=1)
        layers = {name: layer for name, layer in model.named_modules() if type(layer).__name__ == "Conv1D"}
        restored, margins = {}, []
        for name, layer in layers.items():
            rows = layer.weight.detach().T.contiguous()  # as bitsandbytes goes along them; the weight is (d_in, d_out)
            codes, margin = nf4_codes(rows, 64)
            restored[name] = (NF4[codes].view(rows.shape) * block_maxima(rows, 64)[1]).T
            margins.append(margin.min())
        if min(margins) > 5e-7:  # bitsandbytes divides in fp32
            return seed, model, restored


@exercise("load_in_4bit", requires="bitsandbytes")
def test_a_model_loaded_in_nf4(student, rng):
    seed, model, restored = model_to_load(rng)
    token_ids = torch.randint(1, 53, (2, 7), generator=rng)
    seen = student.run(loaded_by_transformers, seed, token_ids)
    expect_equal(seen["quantized"], sorted(restored), what="The list of layers in 4 bits")
    with torch.no_grad():
        before = model(token_ids).logits
        for name, weight in restored.items():
            model.get_submodule(name).weight.copy_(weight)
        right = model(token_ids).logits
    expect_close(
        seen["logits"],
        right,
        what="The logits of the loaded model",
        mistakes={"The model is loaded, but not quantized.": before},
        advice="BitsAndBytesConfig: nf4, no double quantization, computing in fp32.",
        rtol=1e-4,
        atol=1e-4,  # NF4 moves the logits by 0.1
    )
