"""Hidden checks of `absmax_quantize`.

In this folder: corners, and what hard-coded answers get wrong. Feedback shows sentences only; no check repeats a
visible one.
"""

import torch
from quantization_oracles import (
    absmax,
    expect_small_halves,
    more_dimensions_mistakes,
    small_halves,
    tiny_mistakes,
    without_ties,
)

from autograder.checks import StudentError, exercise, expect_close, expect_equal, fail


@exercise("absmax_quantize")
def test_tiny_and_huge_numbers(student, rng):
    w = rng.randn(5, 6)
    w = without_ties(w, absmax(w, 8)[1])
    codes, scale = absmax(w, 8)
    for power in (-30, -60, 40):
        scaled_w, scaled = w * 2.0**power, scale * 2.0**power
        try:
            result = student.absmax_quantize(scaled_w)
        except StudentError as error:
            fail("It rejects very small or very large numbers.", got=str(error))
        expect_close(
            result,
            [codes, scaled],
            what="What absmax_quantize gives for the same numbers times a power of two",
            mistakes=tiny_mistakes(scaled_w),
            rtol=1e-5,
            atol=0.0,
        )


@exercise("absmax_quantize")
def test_more_dimensions_and_fewer(student, rng):
    for shape, dims in (((2, 3, 5), (1, 2, -1, 0, -2, None)), ((2, 3, 4, 5), (-2, 1)), ((7,), (-1, 0, None))):
        for dim in dims:
            bits = rng.randint(3, 9)
            w = rng.randn(*shape) * 3 ** rng.randn(*shape)
            w = without_ties(w, absmax(w, bits, dim)[1])
            try:
                result = student.absmax_quantize(w, bits, dim)
            except StudentError as error:
                fail("absmax_quantize works for matrices only.", got=str(error))
            expect_close(
                result,
                absmax(w, bits, dim),
                what="What absmax_quantize gives for another number of dimensions",
                mistakes=more_dimensions_mistakes(w, bits, dim),
            )
    expect_close(
        student.absmax_quantize(torch.tensor(-0.7), 4),
        [torch.tensor(-7, dtype=torch.int8), torch.tensor(0.1)],
        what="What absmax_quantize gives for a single number",
    )


@exercise("absmax_quantize")
def test_every_number_of_bits_stays_within_its_codes(student, rng):
    for bits in range(2, 9):
        w = rng.randn(40)
        w[0] = -4 * w.abs().max()  # the largest magnitude is negative: -qmax, never -qmax - 1
        qmax = 2 ** (bits - 1) - 1
        q, scale = student.absmax_quantize(w, bits)
        if q.dtype != torch.int8:
            expect_equal(q.dtype, torch.int8, what="The codes' dtype")
        if abs(float(scale) / float(w.max() / qmax) - 1) < 1e-3:
            fail("It takes the largest number, not the largest magnitude.")
        if int(q[0]) == -qmax - 1:
            fail("The range is lopsided: the lowest code of all is used, so codes go further below zero than above.")
        if q.abs().max() > qmax or int(q[0]) != -qmax:
            fail("The codes do not reach from -qmax to qmax.")
        off = (q.double() * scale.double() - w.double()).abs().max() / scale.double()
        if not off <= 0.501:  # NaN is no number of steps
            fail("A number comes back more than half a step away.")


@exercise("absmax_quantize")
def test_half_precision_and_double(student, rng):
    for dtype in (torch.float16, torch.float64):
        expect_small_halves(student, small_halves(rng, dtype) * rng.choice([-1, 1]))
