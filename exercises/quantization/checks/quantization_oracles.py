"""What the checks of quantization compare with: right answers in fp64, and inputs that have only one right answer.

A number halfway between two codes may be rounded either way, so the inputs drawn here keep away from halfway: by a
hundredth of a step, where fp32 arithmetic on codes up to 255 errs by less than 255 · 2**-22 = 0.0001 of one.
"""

import torch

from autograder.checks import AnyOf, StudentError, expect_close, expect_equal, expect_error, fail, in_drawn_order, probe

NF4 = torch.tensor(  # the published levels: Dettmers et al., arXiv 2305.14314, appendix E
    [
        -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
        -0.18477343022823334, -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725,
        0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
    ],
    dtype=torch.float64,
)  # fmt: skip


def size_of(tensor):
    """Bytes of the tensor's elements."""
    return tensor.numel() * tensor.element_size()


# --- one scale per tensor, row or column ----------------------------------------------------------------------------


def qmax_of(bits):
    """The largest code: 127 for 8 bits, 7 for 4."""
    return 2 ** (bits - 1) - 1


def largest(w, dim=None):
    """max |w| in fp64, with dim kept."""
    w = w.double().abs()
    return w.amax() if dim is None else w.amax(dim, keepdim=True)


def quantize_with(w, scale):
    """[codes, scale] for a given scale that broadcasts against w: round(w / scale) in int8, the scale in fp32."""
    scale = scale.double()
    steps = w.double() / torch.where(scale == 0, 1.0, scale)
    return [steps.round().clamp(-128, 127).to(torch.int8), scale.float()]


def absmax(w, bits, dim=None):
    """[codes, scale] of absmax_quantize: scale = max |w| / qmax over dim, codes = round(w / scale)."""
    return quantize_with(w, largest(w, dim) / qmax_of(bits))


def without_ties(w, scale):
    """w with 0 for each number that lies within a hundredth of a step of halfway between two codes."""
    steps = w.double() / scale.double()
    return torch.where((steps - steps.floor() - 0.5).abs() < 0.01, torch.zeros((), dtype=w.dtype), w)


DIM_ZERO = "dim=0 is taken for no dim: there is one scale for everything."


def more_dimensions_mistakes(w, bits, dim=None):
    """Sentence → what mistakes give where w is no matrix."""
    if dim == 0:
        return {DIM_ZERO: lambda: absmax(w, bits)}
    return {
        "A negative dim is not counted from the end.": lambda: absmax(w, bits, 0),
        "dim is not used beyond matrices: there is one scale for everything.": lambda: absmax(w, bits),
        "dim is not used: there is one scale for everything.": lambda: absmax(w, bits),
    }


def tiny_mistakes(w, bits=8):
    """Sentence → what mistakes give that only tiny numbers show."""
    scale = absmax(w, bits)[1]
    return {
        "The scale has a floor, so tiny weights are lost.": lambda: quantize_with(w, scale.clamp(min=1e-8)),
        "Something is added to the scale, so tiny weights are lost.": lambda: quantize_with(w, scale + 1e-8),
    }


def coarse_scale_mistakes(w):
    """Sentence → what the mistake gives for w in 16 bits when only the scale is computed so."""
    coarse = (w.abs().amax() / 127).float()
    return {
        "The scale is computed in 16 bits, whose rounding is in scale and codes.": [
            (w.float() / coarse).round().clamp(-127, 127).to(torch.int8),
            coarse,
        ],
    }


def small_halves(rng, dtype):
    """Numbers of fp16's smallest: whole multiples of 2**-24, of which a 127th of the largest, 317 of them, is none."""
    w = (1e-5 * rng.randn(50)).clamp(-1.8e-5, 1.8e-5)
    w[0] = 317 * 2.0**-24
    w = w.to(dtype)
    return without_ties(w, absmax(w, 8)[1])


def expect_small_halves(student, w):
    """Compare absmax_quantize of `small_halves` with the right answer."""
    codes, scale = absmax(w, 8)
    coarse_scale = w.abs().amax() / 127
    coarse_codes = (w / coarse_scale).round().clamp(-127, 127).to(torch.int8)
    expect_close(
        student.absmax_quantize(w),
        [codes, scale],
        what="What absmax_quantize gives for fp16 or fp64",
        mistakes={
            "The scale comes back in the input's dtype; it must be fp32.": AnyOf(
                [codes, scale.to(w.dtype)], *([[codes, coarse_scale]] if w.dtype == torch.float64 else [])
            ),
            **(
                {
                    "It computes in fp16, which has no room for such a small scale.": AnyOf(
                        [coarse_codes, scale], [coarse_codes, coarse_scale]
                    ),
                    **coarse_scale_mistakes(w),
                }
                if w.dtype == torch.float16
                else {}
            ),
        },
        rtol=1e-5,
        atol=0.0,
    )


# --- a zero point ---------------------------------------------------------------------------------------------------


def range_with_zero(w):
    """min(min w, 0) and max(max w, 0), in fp64."""
    return w.double().min().clamp(max=0), w.double().max().clamp(min=0)


def shift_by(w, scale, zero):
    """[codes, scale, zero point] for a given scale and zero point: codes = round(w / scale) + zero point."""
    codes = ((w.double() / scale).round() + zero).clamp(-128, 127)
    return [codes.to(torch.int8), scale.float(), zero.to(torch.int32)]


def zero_point(w):
    """[codes, scale, zero point] of zero_point_quantize: scale = range / 255, zero = round(-128 - low / scale)."""
    low, high = range_with_zero(w)
    scale = (high - low) / 255
    return shift_by(w, scale, (-128 - low / scale).round().clamp(-128, 127))


def without_zero_point_ties(rng, w):
    """w without ties, drawn again until its zero point is none either."""
    while True:
        low, high = range_with_zero(w)
        scale = (high - low) / 255
        zero = -128 - low / scale
        if abs(zero - zero.floor() - 0.5) > 0.01:
            kept = without_ties(w, scale)
            if kept.min() == w.min() and kept.max() == w.max():
                return kept
        w = (w.float() + 0.1 * rng.randn(*w.shape)).to(w.dtype)


def as_zero_point(result):
    """What zero_point_quantize returned, with a zero point of any integer kind as an int32 tensor of shape ()."""
    if isinstance(result, (list, tuple)) and len(result) == 3:
        q, scale, zero = result
        if isinstance(zero, float) or isinstance(zero, torch.Tensor) and zero.is_floating_point():
            fail("The zero point comes in a floating-point dtype; it is a code, a whole number.", got=zero)
        if isinstance(zero, int) and not isinstance(zero, bool):
            zero = torch.tensor(zero)
        if isinstance(zero, torch.Tensor) and not zero.is_floating_point() and zero.numel() == 1:
            zero = zero.reshape(()).to(torch.int32)
        return [q, scale, zero]
    return result


def in_own_dtype(w):
    """[codes, scale, zero point] when everything is computed in w's dtype."""
    low, high = w.min().clamp(max=0), w.max().clamp(min=0)
    scale = (high - low) / 255
    zero = (-128 - low / scale).round().clamp(-128, 127)
    codes = ((w / scale).round() + zero).clamp(-128, 127)
    return [codes.to(torch.int8), scale, zero.to(torch.int32)]


def with_own_quotient(w, scale, zero):
    """[codes, scale, zero point] when only w / scale is in w's dtype, as a scale of shape () leaves it."""
    codes = ((w / scale).round() + zero).clamp(-128, 127)
    return [codes.to(torch.int8), scale, zero]


def with_floor(w):
    """[codes, scale, zero point] when the scale is at least 1e-8."""
    low, high = range_with_zero(w)
    scale = ((high - low) / 255).clamp(min=1e-8)
    return shift_by(w, scale, (-128 - low / scale).round().clamp(-128, 127))


def over_range(w, low, high, steps=255, rounding=torch.round, limit=True):
    """[codes, scale, zero point] over low to high in so many steps, rounded by `rounding`; the point limited or not."""
    scale = (high - low) / steps
    scale = torch.where(scale == 0, 1.0, scale)  # a constant has no range of its own
    zero = rounding(-128 - low / scale)
    zero = zero.clamp(-128, 127) if limit else zero
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
        "The range is extended to 0 on one side only.": lambda: AnyOf(
            *(
                over_range(w, *ends, limit=limit)
                for ends in ((low, w.double().max()), (w.double().min(), high))
                for limit in (True, False)
            )
        ),
        "Numbers below zero are not rounded to the nearest code: 0.5 is added and the rest cut off.": lambda: (
            over_range(w, low, high, rounding=lambda x: (x + 0.5).trunc())
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
        "The codes are rounded with an unrounded zero point in them, so 0 does not come back as 0.": (  # noqa: E501
            lambda: [(((w.double() - low) / scale.double()).round() - 128).to(torch.int8), scale, zero]
        ),
        "The scale has a dimension of 1; its shape is ().": lambda: [codes, scale.reshape(1), zero],
        "The range is mapped to -127 to 127, which leaves a code unused.": lambda: over_range(w, low, high, 254),
        "The zero point is missing from the codes.": lambda: [
            steps.round().clamp(-128, 127).to(torch.int8),
            scale,
            zero,
        ],
        "It computes in bf16, which is too coarse for 256 codes.": lambda: AnyOf(
            in_own_dtype(w), with_own_quotient(w, scale, zero)
        ),
        "The scale has a floor, so tiny weights are lost.": lambda: with_floor(w),
    }


def expect_zero_point(student, w, what, atol=1e-6):
    """Compare zero_point_quantize of w with the right answer, and with what mistakes would give."""
    expect_close(
        as_zero_point(student.zero_point_quantize(w)),
        zero_point(w),
        what=what,
        mistakes=zero_point_mistakes(w),
        advice="low = min(w.min(), 0), high = max(w.max(), 0), scale = (high - low) / 255; then the zero point.",
        atol=atol,
    )


def expect_limited(student, factor):
    """Fail unless codes and zero point stay within int8 where rounding takes them beyond; numbers times a power of 2.

    Two roundings may each go either way, so that a number comes back a whole step away.
    """
    for numbers, index, wrapped, sentence in (
        # With a scale of 1, -1.5 is rounded to -2 and its zero point, -126.5, to -126; 253.5 then is 128, one too many.
        (
            [-1.5, 0.0, 253.5],
            2,
            -256,
            "A code that rounding takes beyond 127 wraps around; limit codes to -128 to 127.",
        ),
        # With a scale of 1, low / scale is rounded to -1, and in fp32 the zero point, -127.49999994, to -128.
        (
            [-0.50000006, 0.0, 254.5],
            0,
            256,
            "A code that rounding takes below -128 wraps around; limit codes to -128 to 127.",
        ),
    ):
        w = torch.tensor(numbers) * factor
        q, scale, zero = (torch.as_tensor(one).double() for one in int8_codes(student.zero_point_quantize(w)))
        off = (q - zero) * scale / factor - w.double() / factor  # in steps
        if abs(off[index] - wrapped) < 2:
            fail(sentence)
        if not (off.abs() <= 1.01).all():
            fail("A number at an end of the range comes back more than a step away.")


def expect_zero_point_is_code(student, steps, size=1):
    """Fail unless the zero point is a code for the smallest numbers that there are: 0 and -steps · 2**-149.

    340 to 382 steps, divided by 255, are rounded to a scale of one; -low / scale is above 255.
    """
    w = torch.tensor([0.0] * size + [-float(steps) * 2.0**-149])
    q, scale, zero = int8_codes(student.zero_point_quantize(w))
    if not -128 <= torch.as_tensor(zero).double() <= 127:
        fail("The zero point of the smallest numbers is no code; limit it to -128 to 127.", got=zero)
    if not torch.as_tensor(scale) > 0:
        fail("The scale of the smallest numbers is not positive.")


def int8_codes(result):
    """What zero_point_quantize returned, as `as_zero_point` gives it; its codes must be int8."""
    q, scale, zero = as_zero_point(result)
    if isinstance(q, torch.Tensor) and q.dtype == torch.uint8:
        fail("The codes run from 0 to 255; they must fit into int8, from -128 to 127.")
    return q, scale, zero


# --- a scale per block ----------------------------------------------------------------------------------------------


def block_count(n, block_size):
    """How many blocks n numbers make; the last may be shorter."""
    return -(-n // block_size)


def block_of(n, block_size):
    """The index of the block in which each of n numbers lies, (n,)."""
    return torch.arange(n) // block_size


def block_maxima(w, block_size):
    """Each block's max |w|, (blocks,), and each number's, in w's shape; both in fp64."""
    flat, block = w.double().flatten().abs(), block_of(w.numel(), block_size)
    maxima = torch.zeros(block_count(w.numel(), block_size), dtype=torch.float64)
    maxima = maxima.scatter_reduce(0, block, flat, "amax")
    return maxima, maxima[block].view(w.shape)


def blockwise(w, block_size, bits):
    """[codes, scales] of blockwise_quantize: scale = max |w| of the block / qmax, codes = round(w / scale)."""
    maxima, spread = block_maxima(w, block_size)
    codes, _ = quantize_with(w, spread / qmax_of(bits))
    return [codes, (maxima / qmax_of(bits)).float()]


def blockwise_back(codes, scales, block_size):
    """The numbers that codes stand for, code · scale of its block, fp64 in the shape of the codes."""
    spread = scales.double()[block_of(codes.numel(), block_size)]
    return codes.double() * spread.view(codes.shape)


def scale_blocks(rng, w, block_size):
    """w with each block times a random factor, so that blocks differ in size.

    A shorter last one is below 1; of the block before it, which reaches beyond 1, the largest comes first, more than
    block_size from the end of all, and the last is nearly as large.
    """
    flat, factors = w.flatten().clone(), 4 ** rng.randn(block_count(w.numel(), block_size))
    if rest := w.numel() % block_size:
        factors[-1] = 0.4 / flat[-rest:].abs().max()
    if rest and len(flat) > block_size:
        start = len(flat) - rest - block_size
        at = start + int(flat[start:-rest].abs().argmax())
        flat[[start, at]] = flat[[at, start]]
        flat[-rest - 1] = 0.8 * flat[start]
        factors[-2] = factors[-2].clamp(min=1 / flat[start].abs())
    return (flat * factors[block_of(w.numel(), block_size)]).view(w.shape)


def without_block_ties(w, block_size, bits):
    """w with 0 for each number near halfway between two codes of its block."""
    return without_ties(w, block_maxima(w, block_size)[1] / qmax_of(bits))


def numbers_in_blocks(rng, shape, block_size, bits):
    """Numbers whose size changes from block to block and from row to row, without ties."""
    w = rng.randn(*shape) * 4 ** rng.randn(shape[0], *[1] * (len(shape) - 1))
    return without_block_ties(scale_blocks(rng, w, block_size), block_size, bits)


def exact_blocks_mistakes(codes, scales):
    """Sentence → what the mistake gives where blocks fit exactly."""
    one_more = AnyOf(*([codes, torch.cat([scales, scales.new_full((1,), last)])] for last in (1.0, 0.0)))
    return {"When the blocks fit exactly, there is a scale too many.": one_more}


def expect_blocks_in_bf16(student, rng, shape, block_size):
    """Compare blockwise_quantize of numbers in bf16 with the right answer; the last block is shorter."""
    w = without_block_ties(scale_blocks(rng, rng.randn(*shape), block_size).bfloat16(), block_size, 8)
    rows = torch.nn.functional.pad(w.flatten(), (0, -w.numel() % block_size)).view(-1, block_size)
    coarse_scales = rows.abs().amax(dim=1, keepdim=True) / 127  # in bf16
    coarse_codes = (rows / coarse_scales).round().clamp(-127, 127).to(torch.int8).flatten()[: w.numel()].view(shape)
    codes, scales = blockwise(w, block_size, 8)
    expect_close(
        student.blockwise_quantize(w, block_size, 8),
        [codes, scales],
        what="What blockwise_quantize gives for bf16",
        mistakes={
            "It computes in bf16, which is too coarse for codes up to 127.": AnyOf(
                [coarse_codes, coarse_scales.flatten().float()], [coarse_codes, coarse_scales.flatten()]
            ),
            "The scales come back in the dtype of w; they must be fp32.": [codes, scales.bfloat16()],
        },
    )


@probe
def blocks_of_a_view(student, w, block_size):
    """blockwise_quantize of w's transpose, which is a view with the numbers in another order."""
    return student.blockwise_quantize(w.T, block_size, 8)


IN_MEMORY = "A transposed weight is read as it lies in memory; the order is that of w.flatten()."


def expect_blocks_of_a_view(student, rng, shape, block_size):
    """Compare blockwise_quantize of a transposed view with the right answer."""
    turned = scale_blocks(rng, rng.randn(*shape).T, block_size)
    w = without_block_ties(turned, block_size, 8).T.contiguous()
    try:
        result = student.run(blocks_of_a_view, w, block_size)
    except StudentError as error:
        fail("It rejects a transposed weight: view() needs a contiguous tensor, flatten() does not.", got=str(error))
    codes, scales = blockwise(w, block_size, 8)
    expect_close(
        result,
        blockwise(w.T, block_size, 8),
        what="What blockwise_quantize gives for a transposed view",
        mistakes={IN_MEMORY: [codes.T, scales]},
    )


def expect_a_block_of_zeros(student, rng):
    """Compare blockwise_quantize of numbers, of which a block is zero, with the right answer."""
    w = without_block_ties(scale_blocks(rng, rng.randn(4, 6), 5), 5, 8)
    w.view(-1)[5:10] = 0
    q, scales = student.blockwise_quantize(w, 5, 8)
    expected_codes, expected_scales = blockwise(w, 5, 8)
    if not isinstance(scales, torch.Tensor) or scales.shape != expected_scales.shape:
        fail("There is not one scale for each block.")
    if not scales.isfinite().all():
        fail("The scale of a block of zeros is not a finite number.")
    keep = torch.tensor([0, 2, 3, 4])
    expect_close(
        [q, scales[keep]],
        [expected_codes, expected_scales[keep]],
        what="What blockwise_quantize gives beside a block of zeros",
    )


def expect_no_blocks(student, shape, block_size):
    """Fail unless blockwise_quantize takes a tensor without a number in it."""
    try:
        result = student.blockwise_quantize(torch.zeros(shape), block_size, 8)
    except StudentError as error:
        fail("It rejects an empty tensor.", got=str(error))
    expect_equal(
        result,
        [torch.zeros(shape, dtype=torch.int8), torch.zeros(0)],
        what="What blockwise_quantize gives for an empty tensor",
        mistakes={
            "An empty tensor gets a scale, although it has no block.": AnyOf(
                *([torch.zeros(shape, dtype=torch.int8), scale] for scale in (torch.zeros(1), torch.ones(1)))
            ),
        },
    )


# --- the error of what comes back -----------------------------------------------------------------------------------


def relative_error(w, w_hat):
    """‖w - w_hat‖ / ‖w‖ in fp64."""
    return float((w.double() - w_hat.double()).norm() / w.double().norm())


def error_mistakes(w, w_hat):
    """Sentence → what the mistake gives for numbers none of which is 0."""
    w, w_hat = w.double(), w_hat.double()
    off = w - w_hat
    found = {
        "The error is not divided by the size of w.": off.square().mean().sqrt(),
        "The root is missing: it is the ratio of the squares.": off.square().sum() / w.square().sum(),
        "It takes magnitudes instead of squares.": off.abs().sum() / w.abs().sum(),
        "It takes the largest error instead of the root of the sum of squares.": off.abs().max() / w.abs().max(),
        "It is relative to w_hat instead of w.": off.norm() / w_hat.norm(),
        "The norm of the error is not divided by that of w.": off.norm(),
        "It averages each number's own relative error.": (off.abs() / w.abs()).mean(),
    }
    if w.ndim > 1:
        found["It averages the errors of rows or columns; there is one norm over all numbers."] = AnyOf(
            *(float((off.norm(dim=dim) / w.norm(dim=dim)).mean()) for dim in range(w.ndim))
        )
    mean, size = off.mean(), w.square().mean().sqrt()
    return {
        **{sentence: wrong if isinstance(wrong, AnyOf) else float(wrong) for sentence, wrong in found.items()},
        "It averages signed errors, which cancel out.": AnyOf(*(float(sign * mean / size) for sign in (1, -1))),
        "It averages signed errors, which cancel out, and not relative to w.": AnyOf(float(mean), float(-mean)),
    }


def expect_relative_error(student, rng, shape, size=0.3):
    """Compare reconstruction_error of random numbers with the right answer, and with what mistakes would give."""
    w = rng.randn(*shape)
    w_hat = w + size * rng.randn(*shape)
    expect_close(
        student.reconstruction_error(w, w_hat),
        relative_error(w, w_hat),
        what="reconstruction_error",
        mistakes=error_mistakes(w, w_hat),
        rtol=1e-4,
    )


def expect_errors_of_sizes(student, rng, shape, powers):
    """Compare reconstruction_error of the same numbers times powers of two, which must not matter."""
    w = rng.randn(*shape)
    noise = 0.1 * rng.randn(*shape)
    for power in powers:
        tiny, off = w * 2.0**power, noise * 2.0**power
        squares, errors = tiny.square().mean(), off.square().mean()
        expect_close(
            student.reconstruction_error(tiny, tiny + off),
            relative_error(w, w + noise),
            what="reconstruction_error of the same numbers times a power of two",
            mistakes={
                "Something is added to the size of w, so small weights look better than they are.": (
                    float(off.norm() / (tiny.norm() + 1e-8))
                ),
                "Something is added to the squares of w, so small weights look better than they are.": (
                    float((errors / (squares + 1e-8)).sqrt())
                ),
            },
            rtol=1e-3,
            atol=0.0,
        )


def expect_errors_of_coarse_differences(student, rng):
    """Compare reconstruction_error of three numbers in bf16, whose differences are rounded, with the right answer."""
    while True:  # until bf16's rounding of the differences shows in the result
        w, w_hat = rng.randn(3).bfloat16(), rng.randn(3).bfloat16()
        right, coarse = relative_error(w, w_hat), float((w - w_hat).double().norm() / w.double().norm())
        if abs(coarse / right - 1) > 1e-3:
            break
    expect_close(
        student.reconstruction_error(w, w_hat),
        right,
        what="reconstruction_error of bf16",
        mistakes={"The difference is taken in the dtype of the input, whose rounding is in the result.": coarse},
        rtol=1e-4,
    )


def expect_errors_of_halves(student, rng, n):
    """Compare reconstruction_error of fp16 numbers, whose squares overflow, with the right answer."""
    while True:  # until fp16's own rounding shows in the result
        w = (300 * rng.randn(n)).clamp(-1500, 1500).half()
        w_hat = (w.float() + 30 * rng.randn(n)).half()
        right, coarse = relative_error(w, w_hat), float((w - w_hat).norm() / w.norm())
        if abs(coarse / right - 1) > 3e-4:
            break
    got = student.reconstruction_error(w, w_hat)
    if isinstance(got, torch.Tensor):
        got = got.item()
    if isinstance(got, float) and got != got or got in (0.0, float("inf")):
        fail("The squares overflow in fp16; compute in fp32.")
    expect_close(
        got,
        right,
        what="reconstruction_error of fp16",
        mistakes={"It computes in fp16, whose rounding is in the result.": coarse},
        rtol=1e-4,
    )
    expect_errors_of_coarse_differences(student, rng)


def expect_errors_of_zeros(student, shape):
    """Fail unless reconstruction_error knows an original of zeros."""
    zeros, ones = torch.zeros(shape), torch.ones(shape)
    got = []
    for w, w_hat in ((zeros, zeros), (zeros, ones)):
        try:
            got.append(student.reconstruction_error(w, w_hat))
        except StudentError as error:
            fail("An original of zeros makes it divide by zero.", got=str(error))
    got = [one.item() if isinstance(one, torch.Tensor) else one for one in got]
    if got[0] != got[0]:
        fail("The error of zeros against zeros is not a number; it is 0.")
    expect_equal(
        got,
        [0.0, float("inf")],
        what="reconstruction_error where the original is all zero",
        mistakes={
            "Something is added to the size of w, so that an error against zeros comes out finite.": [0.0, got[1]]
        }
        if isinstance(got[1], float) and 1 < got[1] < float("inf")
        else {},
    )


# --- NF4 ------------------------------------------------------------------------------------------------------------


def normalised(w, block_size):
    """Each number divided by its block's max |w|, (n,) fp64; 0 in a block of zeros."""
    spread = block_maxima(w, block_size)[1].flatten()
    return w.double().flatten() / torch.where(spread == 0, 1.0, spread)


def nearest_level(x, levels=NF4):
    """The index of the level nearest to each number of x, int64."""
    return torch.bucketize(x, (levels[1:] + levels[:-1]) / 2)


def nf4_codes(w, block_size=64):
    """The code of each number, (n,) int64: the index of the nearest level to w / max |w| of the block."""
    return nearest_level(normalised(w, block_size))


def in_nf4(w, block_size=64):
    """w, quantized to NF4 and back, fp32: level · max |w| of the block."""
    return (NF4[nf4_codes(w, block_size)].view(w.shape) * block_maxima(w, block_size)[1]).float()


def pack(codes):
    """Two codes a byte, the first in the high half, uint8; an odd one's partner is 0."""
    codes = torch.cat([codes, codes.new_zeros(len(codes) % 2)])
    return (16 * codes[0::2] + codes[1::2]).to(torch.uint8)


def unpack(packed, n):
    """The codes, (n,) int64."""
    return torch.stack([packed.long() // 16, packed.long() % 16], dim=1).flatten()[:n]


def nf4(w, block_size=64):
    """[packed, absmax] of nf4_quantize."""
    return [pack(nf4_codes(w, block_size)), block_maxima(w, block_size)[0].float()]


def distance_to_midpoint(x):
    """How much nearer the nearest level is than the second nearest, twice the distance to the midpoint of the two."""
    midpoints = torch.nn.functional.pad((NF4[1:] + NF4[:-1]) / 2, (1, 1), value=torch.inf)
    codes = nearest_level(x)
    return 2 * torch.minimum((x - midpoints[codes]).abs(), (x - midpoints[codes + 1]).abs())


def nf4_numbers(rng, shape, block_size=64, dtype=torch.float32):
    """Numbers whose size changes from block to block, none of them near halfway between two levels.

    The largest magnitude of the first block is that of a negative number.
    """
    w = scale_blocks(rng, rng.randn(torch.Size(shape).numel()), block_size).to(dtype)
    w[:block_size] *= -w[w[:block_size].abs().argmax()].sign()
    tie = distance_to_midpoint(normalised(w, block_size)) < 1e-4
    return w.masked_fill(tie, 0).view(shape)


UNIFORM = torch.linspace(-1, 1, 16, dtype=torch.float64)


def without_spare_half(packed, n):
    """packed with 0 in the half byte that an odd number of codes leaves over."""
    bytes_needed = -(-n // 2)
    if not isinstance(packed, torch.Tensor) or packed.dtype != torch.uint8 or packed.numel() != bytes_needed:
        return packed
    if n % 2 == 0:
        return packed
    packed = packed.clone()
    packed[-1] &= 240
    return packed


def signed_maxima(w, block_size):
    """Each block's largest number, whose sign counts, (blocks,), in fp64."""
    flat = w.double().flatten()
    maxima = torch.zeros(len(block_maxima(w, block_size)[0]), dtype=torch.float64)
    return maxima.scatter_reduce(0, block_of(len(flat), block_size), flat, "amax", include_self=False)


def nf4_mistakes(w, block_size):
    """Sentence → [packed, absmax] that the mistake gives for w."""
    n, maxima = w.numel(), block_maxima(w, block_size)[0].float()
    x, codes = normalised(w, block_size), nf4_codes(w, block_size)
    even = torch.cat([codes, codes.new_zeros(n % 2)])
    first_half, second_half = even.chunk(2)
    tensor_max = w.double().abs().max()
    tensor_codes = nearest_level(w.double().flatten() / tensor_max)
    signed = signed_maxima(w, block_size)
    signed_codes = nearest_level(w.double().flatten() / signed.where(signed != 0, 1.0)[block_of(n, block_size)])
    with_sign = maxima.double() * torch.where(torch.isin(maxima.double(), signed), 1.0, -1.0)
    with_sign_codes = nearest_level(
        w.double().flatten() / with_sign.where(with_sign != 0, 1.0)[block_of(n, block_size)]
    )
    packings = {
        "The halves of each byte are swapped; the first code goes into the high half.": (
            even[0::2] + 16 * even[1::2]
        ).to(torch.uint8),
        "The first half of all codes is packed with the second half; neighbours share a byte.": (
            16 * first_half + second_half
        ).to(torch.uint8),
    }
    other_codes = {
        "The levels are evenly spaced; those of NF4 lie closer together near zero.": nearest_level(x, UNIFORM),
        "The codes are those of int4, not of NF4.": (x * 7).round().long() + 8,
        "The code is that of the level below, not of the nearest one.": (x[:, None] >= NF4).sum(1) - 1,
        "The code is that of the level above, not of the nearest one.": (
            (x[:, None] > NF4.clamp(max=1 - 1e-9)).sum(1).clamp(max=15)
        ),
        "The sign is lost: magnitudes are quantized.": nearest_level(x.abs()),
        "The codes count the levels from the largest down; code 0 is the lowest level.": 15 - codes,
    }
    return {
        **{sentence: [without_spare_half(packed, n), maxima] for sentence, packed in packings.items()},
        **{sentence: [without_spare_half(pack(wrong), n), maxima] for sentence, wrong in other_codes.items()},
        "The largest magnitude is taken over the whole tensor, not over each block.": [
            without_spare_half(pack(tensor_codes), n),
            tensor_max.float().repeat(len(maxima)),
        ],
        "A single largest magnitude serves the whole tensor.": [
            without_spare_half(pack(tensor_codes), n),
            tensor_max.float().reshape(1),
        ],
        "The block maxima are divided by 7; the levels reach 1, so nothing is divided.": [pack(codes), maxima / 7],
        "Each code takes a whole byte; two go into one.": [codes.to(torch.uint8), maxima],
        "Each block begins with a new byte; codes are packed without gaps.": [
            torch.cat([pack(block) for block in codes.split(block_size)]),
            maxima,
        ],
        "Each block is divided by its largest number with its sign; the magnitude alone counts.": [
            without_spare_half(pack(with_sign_codes), n),
            with_sign.float(),
        ],
        "Numbers just beside the middle of two levels get the wrong one: some level or midpoint is off.": AnyOf(
            *([without_spare_half(pack(wrong), n), maxima] for wrong in of_few_digits(x))
        ),
        "The largest number of a block is taken, not the largest magnitude.": [
            without_spare_half(pack(signed_codes), n),
            signed.float(),
        ],
        **nf4_dtype_mistakes(w, block_size),
        **(
            {"The numbers are taken down the columns; they go along the rows.": nf4(w.T, block_size)}
            if w.ndim == 2
            else {}
        ),
    }


def of_few_digits(x):
    """The codes of x when levels or midpoints are written with two or three digits."""
    middle = (NF4[1:] + NF4[:-1]) / 2
    for digits in (2, 3):
        yield nearest_level(x, NF4.round(decimals=digits))
        yield torch.bucketize(x, middle.round(decimals=digits))


def nf4_dtype_mistakes(w, block_size):
    """Sentence → [packed, absmax] that the mistake gives for w in another dtype than fp32."""
    if w.dtype == torch.float32:
        return {}
    packed, maxima = nf4(w, block_size)
    return {
        "The block maxima come back in the input's dtype; they must be fp32.": [packed, maxima.to(w.dtype)],
        "It computes in bf16, which is too coarse to tell the nearest level.": AnyOf(
            *([without_spare_half(pack(codes), w.numel()), maxima] for codes in coarse_nf4_codes(w, block_size))
        ),
    }


def coarse_nf4_codes(w, block_size):
    """The code of each number, (n,) int64, when everything is computed in w's dtype, and when the quotient is."""
    coarse = w.flatten() / block_maxima(w, block_size)[1].flatten().to(w.dtype)  # (n,)
    return [(coarse[:, None] - NF4.to(w.dtype)).abs().argmin(1), nearest_level(coarse.double())]


def nf4_bf16_numbers(rng, shape, block_size):
    """`nf4_numbers` in bf16, among them some whose code comes out wrong when it is computed in bf16."""
    while True:
        w = nf4_numbers(rng, shape, block_size, torch.bfloat16)
        if not any(torch.equal(codes, nf4_codes(w, block_size)) for codes in coarse_nf4_codes(w, block_size)):
            return w


@probe
def nf4_of_a_view(student, w, block_size):
    """nf4_quantize of w's transpose."""
    return student.nf4_quantize(w.T, block_size)


def expect_nf4_of_a_view(student, rng, shape, block_size):
    """Compare nf4_quantize of a transposed view with the right answer."""
    w = nf4_numbers(rng, shape, block_size)
    try:
        result = student.run(nf4_of_a_view, w.T.contiguous(), block_size)
    except StudentError as error:
        fail("It rejects a transposed weight: view() needs a contiguous tensor, flatten() does not.", got=str(error))
    expect_equal(
        result,
        nf4(w, block_size),
        what="What nf4_quantize gives for a transposed view",
        mistakes={IN_MEMORY: nf4(w.T.contiguous(), block_size)},
    )


def expect_nf4_of_nothing(student, shape):
    """Fail unless nf4_quantize takes a tensor without a number in it."""
    try:
        result = student.nf4_quantize(torch.zeros(shape))
    except StudentError as error:
        fail("nf4_quantize rejects an empty tensor.", got=str(error))
    expect_equal(
        result,
        [torch.zeros(0, dtype=torch.uint8), torch.zeros(0)],
        what="What nf4_quantize gives for an empty tensor",
        mistakes={
            "An empty tensor gets a largest magnitude, although it has no block.": AnyOf(
                *([torch.zeros(0, dtype=torch.uint8), maximum] for maximum in (torch.zeros(1), torch.ones(1)))
            ),
        },
    )


def expect_levels(student, distance, factor=1.0):
    """Fail unless numbers so far beside the middle of two levels get the right one; times a power of two."""
    # Levels and midpoints with few digits put these on the other side.
    middle = (NF4[1:] + NF4[:-1]) / 2
    w = torch.cat([torch.ones(1).double(), middle - distance, middle + distance, torch.zeros(1).double()]).float()
    packed, _ = student.nf4_quantize(w * factor, 64)
    expected = torch.cat([torch.tensor([15]), torch.arange(15), torch.arange(15) + 1, torch.tensor([7])])
    if unpack(packed, 32).tolist() != expected.tolist():
        fail("Numbers just beside the middle of two levels get the wrong one: some level or midpoint is off.")


def expect_nf4(student, w, block_size, what):
    """Compare nf4_quantize of w with the nearest levels, and with what mistakes would give."""
    result = student.nf4_quantize(w, block_size)
    if isinstance(result, (list, tuple)) and len(result) == 2:
        result = [without_spare_half(result[0], w.numel()), result[1]]
    expect_equal(
        result,
        nf4(w, block_size),
        what=what,
        mistakes=nf4_mistakes(w, block_size),
        advice="Divide a block by its largest magnitude, take the nearest level's index, pack 16 · first + second.",
    )


def nf4_back(packed, maxima, n, block_size):
    """NF4[code] · the block's largest magnitude, (n,) fp32."""
    return (NF4[unpack(packed, n)] * maxima.double()[block_of(n, block_size)]).float()


def expect_blocks_of_64(student, rng, shape):
    """Fail unless nf4_dequantize without block_size takes blocks of 64; the last may be shorter."""
    n = torch.Size(shape).numel()
    packed = rng.randint(0, 256, (block_count(n, 2),)).to(torch.uint8)
    maxima = rng.randn(block_count(n, 64)).abs() + 0.1
    try:
        result = student.nf4_dequantize(packed, maxima, shape)
    except StudentError as error:
        if error.type != "ValueError":
            fail("nf4_dequantize rejects some shape or block size.", got=str(error))
        fail("Without block_size, blocks are not 64 numbers long.", got=str(error))
    expected = nf4_back(packed, maxima, n, 64).view(shape)
    mistakes = (
        {"A dimension of 1 is lost; what comes out has the given shape.": expected.squeeze()} if 1 in shape else {}
    )
    expect_close(result, expected, what="Codes in blocks of 64", mistakes=mistakes)


# --- the KV cache ---------------------------------------------------------------------------------------------------


def kv_cache(keys, values, bits, key_dim=-2, value_dim=-1):
    """What quantize_kv_cache returns for keys and values (B, H, T, D); a scale is shared along the given dims."""
    key_codes, key_scales = absmax(keys, bits, key_dim)  # (B, H, T, D), (B, H, 1, D)
    value_codes, value_scales = absmax(values, bits, value_dim)  # (B, H, T, D), (B, H, T, 1)
    codes = {"keys": key_codes, "values": value_codes}
    scales = {"key_scales": key_scales, "value_scales": value_scales}
    code_bytes = -(-bits * sum(one.numel() for one in codes.values()) // 8)  # a byte that is begun counts
    return codes | scales | {"bytes": code_bytes + 4 * sum(one.numel() for one in scales.values())}


def bytes_mistakes(cache, bits, size):
    """Sentence → what the mistake has for bytes; `size` is that of one number that was given."""
    n_keys = cache["keys"].numel()
    n, scales = n_keys + cache["values"].numel(), cache["key_scales"].numel() + cache["value_scales"].numel()
    return {
        "bytes leaves the scales out.": -(-n * bits // 8),
        "bytes counts each code as a byte, whatever bits says.": n + 4 * scales,
        "bytes counts each scale as one byte; fp32 takes four.": -(-n * bits // 8) + scales,
        **(
            {
                "bytes counts each scale in the dtype of keys and values; fp32 takes four.": -(-n * bits // 8)
                + size * scales
            }
            if size != 4
            else {}
        ),
        "bytes is what the cache takes in 16 bits.": 2 * n,
        "bytes is rounded down; what is left over needs a byte too.": n * bits // 8 + 4 * scales,
        "bytes is not a whole number; a part of a byte needs a whole one.": n * bits / 8 + 4 * scales,
        "bytes rounds up keys and values by themselves; all codes are packed without gaps.": (
            -(-n_keys * bits // 8) + -(-(n - n_keys) * bits // 8) + 4 * scales
        ),
        "bytes counts the keys only.": -(-n_keys * bits // 8) + 4 * cache["key_scales"].numel(),
    }


def of_shared_scales(keys, values, bits, dim):
    """The caches when all sequences (dim 0) or heads (1) have the same scales, of keys or values or both."""
    wrong = kv_cache(keys, values, bits, (dim, 2), (dim, 3))
    yield wrong  # each given once; below, once for each sequence or head
    for kinds in (("key", "value"), ("key",), ("value",)):
        cache = kv_cache(keys, values, bits)
        for kind in kinds:
            cache[f"{kind}s"] = wrong[f"{kind}s"]
            cache[f"{kind}_scales"] = wrong[f"{kind}_scales"].repeat_interleave(keys.shape[dim], dim)
        yield cache


def cache_mistakes(keys, values, bits):
    """Sentence → the cache that the mistake gives."""
    right = kv_cache(keys, values, bits)
    return {
        "The axes are swapped: keys share a scale per channel, values per token.": lambda: kv_cache(
            keys, values, bits, key_dim=-1, value_dim=-2
        ),
        "Keys have a scale per token; they need one per channel.": lambda: kv_cache(keys, values, bits, key_dim=-1),
        "Values have a scale per channel; they need one per token.": lambda: kv_cache(keys, values, bits, value_dim=-2),
        **{
            sentence: {**right, "bytes": wrong}
            for sentence, wrong in bytes_mistakes(right, bits, keys.element_size()).items()
        },
        "One scale serves all keys, and one all values.": lambda: kv_cache(keys, values, bits, None, None),
        "bits is not used for the codes.": lambda: {**kv_cache(keys, values, 8), "bytes": right["bytes"]},
        "bits is not used.": lambda: kv_cache(keys, values, 8),
        "All heads share their scales; each has its own.": lambda: AnyOf(*of_shared_scales(keys, values, bits, 1)),
        "bits is not used for the values.": lambda: {
            **right,
            **{name: kv_cache(keys, values, 8)[name] for name in ("values", "value_scales")},
        },
        "bits is not used for the keys.": lambda: {
            **right,
            **{name: kv_cache(keys, values, 8)[name] for name in ("keys", "key_scales")},
        },
        "All sequences of the batch share their scales; each has its own.": lambda: AnyOf(
            *of_shared_scales(keys, values, bits, 0)
        ),
        "The scales lose the reduced dimension; keep it, so that they broadcast.": {
            **right,
            "key_scales": right["key_scales"].squeeze(-2),
            "value_scales": right["value_scales"].squeeze(-1),
        },
        "There is a key more than the docstring has.": AnyOf(
            *({**right, key: value} for key, value in (("bits", bits), ("shape", tuple(keys.shape))))
        ),
        "The values are quantized from the keys.": lambda: kv_cache(keys, keys, bits),
        "A new token changes the codes of the values before it; each token has a scale of its own.": lambda: kv_cache(
            keys, values, bits, value_dim=(-2, -1)
        ),
        "The scales come back in the dtype of the keys and values; they must be fp32.": {
            **right,
            "key_scales": right["key_scales"].to(keys.dtype),
            "value_scales": right["value_scales"].to(values.dtype),
        },
    }


def expect_cache(student, keys, values, bits, what):
    """Compare quantize_kv_cache with the right cache, and with what mistakes would give."""
    try:
        result = student.quantize_kv_cache(keys, values, bits)
    except StudentError as error:
        if error.type != "ValueError":
            raise
        fail("quantize_kv_cache rejects some number of bits from 2 to 8, or some shape.", got=str(error))
    expect_close(
        result,
        kv_cache(keys, values, bits),
        what=what,
        mistakes=cache_mistakes(keys, values, bits),
        advice="absmax_quantize(keys, bits, dim=-2) and absmax_quantize(values, bits, dim=-1); bytes counts all four.",
    )


def keys_and_values(rng, shape, bits, dtype=torch.float32):
    """Keys with large channels, values with large tokens, (B, H, T, D), without ties on their right axes."""
    keys = (rng.randn(*shape) * 5 ** rng.randn(*shape[:2], 1, shape[3])).to(dtype)
    values = (rng.randn(*shape) * 5 ** rng.randn(*shape[:3], 1)).to(dtype)
    return without_ties(keys, absmax(keys, bits, -2)[1]), without_ties(values, absmax(values, bits, -1)[1])
