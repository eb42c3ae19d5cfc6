"""Hidden checks of `temper`."""

import torch
from language_modeling_oracles import (
    IN_16_BITS_TOO,
    INF,
    TOL_FP32,
    temper_mistakes,
    temper_oracle,
    zero_mistakes,
)

from autograder.checks import AnyOf, exercise, expect_close, expect_equal

WHAT = "The tensor of probabilities"


@exercise("temper")
def test_it_is_the_temperature_of_transformers(student, rng):
    from transformers import TemperatureLogitsWarper

    logits, temperature = 3 * rng.randn(4, 30), 1.3 + rng.randint(1, 60) / 17
    expect_close(
        student.temper(logits, temperature),
        TemperatureLogitsWarper(temperature)(None, logits).softmax(dim=-1),
        what=WHAT,
        mistakes=temper_mistakes(logits, temperature),
        **TOL_FP32,
    )


@exercise("temper")
def test_log_odds_shrink_by_the_temperature(student, rng):
    logits = torch.tensor(rng.permutation([0.0, -0.03, -1.0, -2.0, -3.0])) + rng.randn(1)
    for temperature in (0.02, 0.15, 7.0, 250.0):
        found = student.temper(logits, temperature)
        expected = temper_oracle(logits, temperature)
        mistakes = temper_mistakes(logits, temperature)
        expect_close(found, expected, what=WHAT, mistakes=mistakes, **TOL_FP32)
        if temperature > 1:
            odds = (found[:, None] / found[None]).log() * temperature
            expect_close(odds, logits[:, None] - logits[None], what="The log-odds times the temperature", atol=0.01)


@exercise("temper")
def test_shapes_dtypes_and_what_cannot_come(student, rng):
    for shape in ((2, 1, 3, 4), (3, 1), (2, 2, 9)):
        logits = 2 * rng.randn(*shape)
        for temperature in (0.7, 1.6):
            expect_close(student.temper(logits, temperature), temper_oracle(logits, temperature), what=WHAT, **TOL_FP32)
        mistakes = zero_mistakes(logits) if shape[-1] > 1 else {}
        expect_equal(student.temper(logits, 0), temper_oracle(logits, 0), what=WHAT, mistakes=mistakes)
    for dtype in (torch.float16, torch.bfloat16, torch.float64):
        logits = (3 * rng.randn(2, 30)).to(dtype)
        logits[1, rng.randint(0, 30)] = -INF
        rounded = (logits / 1.7).softmax(dim=-1)
        expect_close(
            student.temper(logits, 1.7),
            temper_oracle(logits, 1.7),
            what="The tensor of probabilities of logits that are not float32",
            mistakes={IN_16_BITS_TOO: AnyOf(rounded, rounded.float())} if dtype.itemsize < 4 else {},
            **TOL_FP32,
        )
        expect_equal(student.temper(logits, 0), temper_oracle(logits, 0), what="The tensor of probabilities at 0")
