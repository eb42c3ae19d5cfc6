"""Checks of `absmax_quantize`."""

from functools import partial

import torch
from quantization_oracles import (
    DIM_ZERO,
    absmax,
    coarse_scale_mistakes,
    expect_small_halves,
    largest,
    more_dimensions_mistakes,
    qmax_of,
    quantize_with,
    small_halves,
    tiny_mistakes,
    without_ties,
)

from autograder.checks import AnyOf, StudentError, exercise, expect_close, expect_equal, fail, in_drawn_order, rejected


def with_scale(w, scale, bits):
    """[codes, scale] for a wrong scale: with codes limited to int8, and with codes limited to -qmax to qmax."""
    codes, scale = quantize_with(w, scale)
    return [codes, scale], [codes.clamp(-qmax_of(bits), qmax_of(bits)), scale]


def rounded_by(rounding, w, bits, dim=None):
    """[codes, scale] when `rounding` makes the codes; in fp32, where a quotient may lie on the other side of a code."""
    scale = absmax(w, bits, dim)[1]
    return [rounding(w.float() / scale).to(torch.int8), scale]


HALF_ADDED = "Numbers below zero are not rounded to the nearest code: 0.5 is added and the rest cut off."


def half_added(steps):
    """Each number rounded as C programs do it for positive ones."""
    return (steps + 0.5).trunc()


LOPSIDED = "The range is lopsided: the lowest code of all is used, so codes go further below zero than above."
MAX_BY_128 = "The scale is max / 2^(bits - 1), so the largest magnitude does not become the largest code."
ADDED = "Something is added to the scale, so tiny weights are lost."


def lopsided(w, bits):
    """[codes, scale] when numbers below zero have a code more than those above."""
    qmax = qmax_of(bits)
    scale = torch.maximum(w.double().amax() / qmax, -w.double().amin() / (qmax + 1))
    return quantize_with(w, scale)


def expect_eight_and_four_bits(student, w, q8, q4, what):
    """Compare absmax_quantize of w, with 8 bits and with 4, with these codes, and with what mistakes would give.

    And that of -w, which is one with other signs.
    """
    most = largest(w).float()
    asked = ((w, 8), (w, 4), (-w, 8))

    def of_each(mistake):
        return lambda: [mistake(*one) for one in asked]

    def of_scale(scale):
        return lambda: AnyOf(*zip(*(with_scale(v, scale(v, bits), bits) for v, bits in asked), strict=True))

    expect_close(
        [student.absmax_quantize(w), student.absmax_quantize(w, bits=4), student.absmax_quantize(-w)],
        [[q8, most / 127], [q4, most / 7], [-q8, most / 127]],
        what=what,
        mistakes={
            "The codes are int32 or wider; int8 is asked for.": AnyOf(
                *(
                    [[q8.to(dtype), most / 127], [q4.to(dtype), most / 7], [-q8.to(dtype), most / 127]]
                    for dtype in (torch.int32, torch.int64)
                )
            ),
            "It truncates instead of rounding to the nearest code.": of_each(partial(rounded_by, torch.trunc)),
            HALF_ADDED: of_each(partial(rounded_by, half_added)),
            MAX_BY_128: of_scale(lambda v, bits: most / 2 ** (bits - 1)),
            LOPSIDED: of_each(lopsided),
            "The scale spreads the codes over 2^bits steps, but they must fit on either side of zero.": of_scale(
                lambda v, bits: most / (2**bits - 1)
            ),
            ADDED: lambda: AnyOf(
                *(
                    [with_scale(v, most / qmax_of(bits) + added, bits)[1] for v, bits in asked]
                    for added in (1e-3, 1e-4, 1e-5, 1e-6)
                )
            ),
            "It takes the largest number, not the largest magnitude.": of_scale(
                lambda v, bits: v.double().amax() / qmax_of(bits)
            ),
            "bits is not used.": [[q8, most / 127], [q8, most / 127], [-q8, most / 127]],
            "The scale is upside down: it must be max / qmax.": [[q8, 127 / most], [q4, 7 / most], [-q8, 127 / most]],
        },
        advice="scale = max |w| / 127 with 8 bits; then divide each number by it and round.",
    )


@exercise("absmax_quantize")
def test_absmax_quantize_docstring_example(student, rng):
    w = torch.tensor([-0.8, 0.3, 1.2, -0.5])
    q8, q4 = torch.tensor([-85, 32, 127, -53], dtype=torch.int8), torch.tensor([-5, 2, 7, -3], dtype=torch.int8)
    expect_eight_and_four_bits(student, w, q8, q4, "What absmax_quantize gives for the docstring's four numbers")
    w = rng.randn(rng.randint(5, 9))
    w = without_ties(without_ties(w, absmax(w, 8)[1]), absmax(w, 4)[1])
    expect_eight_and_four_bits(
        student, w, absmax(w, 8)[0], absmax(w, 4)[0], "What absmax_quantize gives for a few numbers"
    )


@exercise("absmax_quantize")
def test_outlier_docstring_example(student, rng):
    drawn = torch.cat([0.06 * rng.randn(6), torch.tensor([8.0]) + rng.rand(1)])
    drawn = without_ties(drawn, absmax(drawn, 8)[1])
    for w, codes, what in (
        (
            torch.tensor([-0.1, 0.05, 0.02, -0.03, 8.5]),
            torch.tensor([-1, 1, 0, 0, 127], dtype=torch.int8),
            "What absmax_quantize gives for the docstring's outlier",
        ),
        (drawn, absmax(drawn, 8)[0], "What absmax_quantize gives for an outlier among small numbers"),
    ):
        expect_close(
            student.absmax_quantize(w),
            [codes, (largest(w) / 127).float()],
            what=what,
            mistakes={
                "It truncates instead of rounding to the nearest code.": lambda w=w: rounded_by(torch.trunc, w, 8),
                HALF_ADDED: lambda w=w: rounded_by(half_added, w, 8),
            },
        )


def absmax_mistakes(w, bits, dim):
    """Sentence → what the mistake gives for a matrix w."""
    codes, scale = absmax(w, bits, dim)
    most = largest(w, dim)
    most_signed = w.double().amax() if dim is None else w.double().amax(dim, keepdim=True)
    other_dim = {None: 1, 0: 1, 1: 0}[dim]
    return {
        "It takes the largest number, not the largest magnitude.": lambda: AnyOf(
            *with_scale(w, most_signed / qmax_of(bits), bits)
        ),
        MAX_BY_128: lambda: AnyOf(*with_scale(w, most / 2 ** (bits - 1), bits)),
        "It truncates instead of rounding to the nearest code.": lambda: rounded_by(torch.trunc, w, bits, dim),
        HALF_ADDED: lambda: rounded_by(half_added, w, bits, dim),
        "It always rounds down instead of to the nearest code.": lambda: rounded_by(torch.floor, w, bits, dim),
        "dim is taken as the dimension that keeps its scales; it is the one that is reduced.": lambda: absmax(
            w, bits, other_dim
        ),
        DIM_ZERO if dim == 0 else "dim is not used: there is one scale for everything.": lambda: absmax(w, bits),
        "The scale loses the reduced dimension; keep it, so that it broadcasts against the codes.": lambda: [
            codes,
            scale if dim is None else scale.squeeze(dim),
        ],
        **(
            {
                "Without dim the scale keeps dimensions of 1; its shape is ().": AnyOf(
                    [codes, scale.reshape(1)], [codes, scale.reshape([1] * w.ndim)]
                ),
            }
            if dim is None
            else {}
        ),
        "bits is not used.": lambda: absmax(w, 8, dim),
    }


@exercise("absmax_quantize", points=2)
def test_scales_per_tensor_row_and_column(student, rng):
    for dim in (None, 1, 0):
        bits = rng.choice([3, 4, 5, 6])
        w = rng.randn(5, 8) * 10 ** rng.randn(5, 1) * 10 ** rng.randn(1, 8)
        w[2] = -w[2].abs() * 1e3  # the largest magnitude is that of a negative number
        w = without_ties(w, absmax(w, bits, dim)[1])
        expect_close(
            student.absmax_quantize(w, bits, dim=dim),
            absmax(w, bits, dim),
            what=f"What absmax_quantize gives with dim={dim}",
            mistakes=absmax_mistakes(w, bits, dim),
            advice="scale = max |w| / qmax with the maximum over dim, keepdim=True; q = round(w / scale).",
        )
    cube = rng.randn(2, 3, 5) * 3 ** rng.randn(2, 3, 5)
    cube = without_ties(cube, absmax(cube, 8, -1)[1])
    try:
        result = student.absmax_quantize(cube, 8, -1)
    except StudentError as error:
        fail("absmax_quantize works for matrices only.", got=str(error))
    expect_close(
        result,
        absmax(cube, 8, -1),
        what="What absmax_quantize gives for three dimensions with dim=-1",
        mistakes=more_dimensions_mistakes(cube, 8),
    )


@exercise("absmax_quantize")
def test_tiny_numbers_are_not_lost(student, rng):
    # A scale of 4e-9 or so: a floor of 1e-8 and an addition of 1e-8 give different ones.
    w = rng.randn(4, 5).clamp(-1.5, 1.5)
    w[rng.randint(0, 4), rng.randint(0, 5)] = 2.0
    w = without_ties(w, absmax(w, 8)[1])
    for tiny in (w * 2.0**-22, w * 2.0**-40):
        expect_close(
            student.absmax_quantize(tiny),
            absmax(tiny, 8),
            what="What absmax_quantize gives for tiny numbers",
            mistakes={**absmax_mistakes(tiny, 8, None), **tiny_mistakes(tiny)},
            rtol=1e-5,
            atol=0.0,
        )


@exercise("absmax_quantize")
def test_a_tensor_of_zeros(student, rng):
    w = rng.randn(3, 5)
    w[1] = 0
    for given, dim in ((torch.zeros(4), None), (w, 1)):
        try:
            q, scale = student.absmax_quantize(given, dim=dim)
        except StudentError as error:
            fail("It rejects zeros; they are quantized to zero.", expected="codes 0", got=str(error))
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
    w = torch.cat([torch.tensor([rng.randint(170, 191) / 128]), rng.randn(40).clamp(-1.3, 1.3)]).bfloat16()
    w = without_ties(w, absmax(w, 8)[1])
    codes, scale = absmax(w, 8)
    coarse_scale = w.abs().amax() / 127
    coarse_steps = (w / coarse_scale).round()
    coarse_codes = coarse_steps.clamp(-127, 127).to(torch.int8)
    expect_close(
        student.absmax_quantize(w),
        [codes, scale],
        what="What absmax_quantize gives for bf16",
        mistakes={
            "It computes in bf16, where the largest code comes out as 128 and wraps to -128 in int8.": [
                coarse_steps.to(torch.int8),
                coarse_scale,
            ],
            "It computes in bf16, which is too coarse for codes up to 127.": [coarse_codes, coarse_scale],
            "It computes codes in bf16, which is too coarse for codes up to 127.": [coarse_codes, scale],
            "The codes are right, but the scale comes back in bf16; it must be fp32.": [codes, scale.bfloat16()],
            **coarse_scale_mistakes(w),
        },
        advice="w = w.float() in the first line.",
    )
    for dtype in (torch.float16, torch.float64):
        expect_small_halves(student, small_halves(rng, dtype))


@exercise("absmax_quantize")
def test_bits_outside_2_to_8_are_an_error(student, rng):
    w = rng.randn(rng.randint(4, 9))
    w = without_ties(without_ties(w, absmax(w, 2)[1]), absmax(w, 8)[1])

    def allowed(bits):
        what = f"What absmax_quantize gives with bits={bits}"
        return lambda: expect_close(student.absmax_quantize(w, bits), absmax(w, bits), what=what)

    in_drawn_order(
        rng,
        *(
            rejected(
                lambda bits=bits: student.absmax_quantize(w, bits),
                "absmax_quantize with bits outside 2 to 8",
                advice=f"Here bits is {bits}.",
            )
            for bits in (1, 9, rng.randint(10, 40), rng.randint(-9, 1))
        ),
        allowed(2),
        allowed(8),
    )
