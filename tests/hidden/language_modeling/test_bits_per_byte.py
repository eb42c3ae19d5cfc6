"""Hidden checks of `bits_per_byte`."""

import math

from autograder.checks import exercise, expect_close


@exercise("bits_per_byte")
def test_texts_of_other_lengths(student, rng):
    for _ in range(3):
        tokens, size = rng.randint(1_000, 5_000), rng.randint(6_000, 90_000)
        nats = tokens * (1 + 4 * rng.rand().item())
        expected = nats * math.log2(math.e) / size
        expect_close(
            student.bits_per_byte(nats, size),
            expected,
            what="bits_per_byte",
            mistakes={
                "It gives nats a byte; a bit is ln 2 nats.": nats / size,
                "It is rounded; the figures that are compared differ in later digits.": round(expected, 2),
            },
            rtol=1e-7,
        )
        expect_close(student.bits_per_byte(3 * nats, 3 * size), expected, what="bits_per_byte of three such texts")
    expect_close(student.bits_per_byte(0.0, rng.randint(2, 9)), 0.0, what="bits_per_byte of a text that costs nothing")
