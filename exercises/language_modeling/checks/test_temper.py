"""Checks of `temper`."""

from functools import partial

import torch
from language_modeling_oracles import (
    IN_16_BITS_TOO,
    INF,
    OVERFLOWS,
    TOL_FP32,
    ZERO_IS_LEGAL,
    expect_refused_and_taken,
    temper_mistakes,
    temper_oracle,
    zero_mistakes,
)

from autograder.checks import AnyOf, StudentError, exercise, expect_close, expect_equal, fail

NAN_FROM_INF = "A logit of -inf turns its row into NaN."


def temperatures(rng):
    """One below 1, one above, neither whole."""
    return rng.permutation([0.3 + rng.randint(0, 3) / 20, 2.3 + rng.randint(0, 5) / 4])


@exercise("temper")
def test_logits_are_divided_before_the_softmax(student, rng):
    drawn, other = 2 * rng.randn(4, 3, 7), 2 * rng.randn(6)
    high, low = temperatures(rng)
    near = 0.1 * rng.randn(3, 5)
    for logits, temperature in ((torch.tensor([2.0, 1.0, 0.0]), 0.5), (drawn, high), (other, low), (near, 0.03)):
        expect_close(
            student.temper(logits, temperature),
            temper_oracle(logits, temperature),
            what="The tensor of probabilities",
            mistakes=temper_mistakes(logits, temperature),
            **TOL_FP32,
        )
    expect_close(
        student.temper(drawn, 1),
        temper_oracle(drawn, 1),
        what="The tensor of probabilities at temperature 1",
        mistakes={
            "Something is added to the temperature.": AnyOf(*(temper_oracle(drawn, 1 + one) for one in (1e-1, 1e-2)))
        },
        **TOL_FP32,
    )


@exercise("temper")
def test_zero_takes_the_largest(student, rng):
    logits = 2 * rng.randn(5, 6)
    logits[1, 1] = logits[1, 4] = logits[1].max() + 1  # two are the largest
    try:
        found = student.temper(logits, rng.choice([0, 0.0]))
    except StudentError as error:
        fail(ZERO_IS_LEGAL, got=str(error))
    expect_equal(
        found,
        temper_oracle(logits, 0),
        what="The tensor of probabilities at temperature 0",
        mistakes=zero_mistakes(logits),
        advice="No division is needed there.",
    )


@exercise("temper")
def test_a_temperature_is_not_negative(student, rng):
    logits, temperature = 2 * rng.randn(3, 5), max(temperatures(rng))
    refused = [("A temperature below 0", partial(student.temper, logits, -temperature))]
    refused += [("A temperature below 0", partial(student.temper, logits, -rng.randint(1, 9) / 1000))]
    taken = [
        (
            partial(student.temper, logits, one),
            temper_oracle(logits, one),
            "The tensor of probabilities",
            ZERO_IS_LEGAL if one == 0 else "A temperature above 0 is rejected; only one below 0 is an error.",
            temper_mistakes(logits, one) if one else zero_mistakes(logits),
        )
        for one in (0, temperature)
    ]
    expect_refused_and_taken(rng, refused, taken)


@exercise("temper")
def test_minus_infinity_large_logits_and_16_bits(student, rng):
    temperature = max(temperatures(rng))
    logits = 2 * rng.randn(3, 6)
    logits[0, 1], logits[2, 4], logits[2, 5] = -INF, -INF, -INF
    right = temper_oracle(logits, temperature)
    whole_row = logits.isinf().any(dim=-1, keepdim=True)
    expect_close(
        student.temper(logits, temperature),
        right,
        what="The tensor of probabilities beside logits of -inf",
        mistakes={
            NAN_FROM_INF: AnyOf(torch.where(whole_row, float("nan"), right), torch.full_like(right, float("nan"))),
        }
        | temper_mistakes(logits, temperature),
        **TOL_FP32,
    )
    large = rng.permutation([1, -1])[0] * 500.0 + 2 * rng.randn(2, 5)
    expect_close(
        student.temper(large, 0.5),
        temper_oracle(large, 0.5),
        what="The tensor of probabilities of large logits",
        mistakes={OVERFLOWS: torch.full((2, 5), float("nan"))},
        rtol=1e-3,
        atol=1e-4,
    )
    half = (4 * rng.randn(3, 20)).bfloat16()
    rounded = [
        (half / temperature).softmax(dim=-1),
        half.softmax(dim=-1),
        (half / temperature).float().softmax(dim=-1),
        (half / temperature).softmax(dim=-1, dtype=torch.float32),
    ]
    expect_close(
        student.temper(half, temperature),
        temper_oracle(half, temperature),
        what="The tensor of probabilities of 16-bit logits",
        mistakes={
            IN_16_BITS_TOO: AnyOf(*rounded, *(one.float() for one in rounded)),
            "The probabilities of 16-bit logits come back in 16 bits.": temper_oracle(half, temperature).bfloat16(),
        }
        | temper_mistakes(half, temperature),
        **TOL_FP32,
    )
    expect_close(
        student.temper(half.double(), temperature),
        temper_oracle(half, temperature),
        what="The tensor of probabilities of float64 logits",
        **TOL_FP32,
    )
