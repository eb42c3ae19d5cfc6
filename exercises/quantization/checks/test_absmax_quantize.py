"""Checks of `absmax_quantize`."""

import torch
from quantization_oracles import absmax, clear

from autograder.checks import StudentError, exercise, expect_close, expect_equal, expect_error, fail


def largest_number(w, dim=None):
    """The largest number, whose sign counts, with dim kept, in fp64."""
    return w.double().amax() if dim is None else w.double().amax(dim, keepdim=True)


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
        bits = rng.choice([3, 4, 5, 6])
        w = rng.randn(5, 8) * 10 ** rng.randn(5, 1) * 10 ** rng.randn(1, 8)
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
    w = rng.randn(3, 5)
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
    w = torch.cat([torch.tensor([rng.randint(170, 191) / 128]), rng.randn(40).clamp(-1.3, 1.3)]).bfloat16()
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
