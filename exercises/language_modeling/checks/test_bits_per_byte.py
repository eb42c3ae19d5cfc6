"""Checks of `bits_per_byte`."""

import math
from functools import partial

from language_modeling_oracles import expect_refused_and_taken

from autograder.checks import AnyOf, exercise, expect_close

ONE_BYTE = "A text of 1 byte is rejected; only fewer are an error."


def bits_mistakes(nats, size):
    """Sentence → the figure with that mistake."""
    right = nats / math.log(2) / size
    return {
        "It gives nats a byte; a bit is ln 2 nats.": nats / size,
        "It multiplies by ln 2; nats are fewer than bits, so it must divide.": nats * math.log(2) / size,
        "It takes the logarithm to base 10 for that of bits.": nats / math.log(10) / size,
        "It gives bits a bit: n_bytes counts bytes already, and isn't to be multiplied by 8.": right / 8,
        "It multiplies by 8; the bits are counted in total_nll already.": right * 8,
        "It gives a perplexity: the bits are an exponent.": 2**right,
        "It gives bytes a bit, the wrong way round.": size * math.log(2) / nats if nats else 0.0,
        "It is rounded; the figures that are compared differ in later digits.": AnyOf(
            *(float(round(right, digits)) for digits in (2, 3, 4))
        ),
        "It drops the fraction.": float(right // 1),
        "It gives the bits of the whole text; they are to be divided by its bytes.": nats / math.log(2),
        "It divides by one byte too many.": nats / math.log(2) / (size + 1),
    }


@exercise("bits_per_byte")
def test_nats_of_a_text_become_bits_of_a_byte(student, rng):
    nats, size = 100.0 + 300 * rng.rand().item(), rng.randint(91, 200)
    for total, length in ((200.0, 400), (nats, size)):
        expect_close(
            student.bits_per_byte(total, length),
            total / (length * math.log(2)),
            what="bits_per_byte",
            mistakes=bits_mistakes(total, length),
            advice="1 bit is ln 2 = 0.693 nats.",
        )


@exercise("bits_per_byte")
def test_a_text_has_bytes(student, rng):
    nats = 1.0 + 9 * rng.rand().item()
    refused = [
        ("A text of less than 1 byte", partial(student.bits_per_byte, nats, 0)),
        ("A text of less than 1 byte", partial(student.bits_per_byte, nats, -rng.randint(1, 9))),
    ]
    one = partial(student.bits_per_byte, nats, 1), nats / math.log(2), "bits_per_byte of a text of 1 byte", ONE_BYTE
    expect_refused_and_taken(rng, refused, [(*one, bits_mistakes(nats, 1))])
