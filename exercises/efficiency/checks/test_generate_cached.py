"""Checks of `generate_cached`."""

import torch
from efficiency_writing_oracles import expect_written, written, written_by_attention, written_without_cache

from autograder.checks import exercise, expect_equal, in_drawn_order, rejected

SIZE = 23


def model_of(rng):
    """The weight of each position, no two alike and none 0 or 1."""
    return torch.tensor(rng.permutation(range(2, SIZE))[:20])


def prompts(rng, rows, length):
    """Ids whose rows begin differently."""
    ids = rng.randint(1, SIZE, (rows, length))
    ids[:, 0] = torch.tensor(rng.permutation(range(1, SIZE))[:rows])
    return ids


@exercise("generate_cached")
def test_prompt_at_once_then_a_token_a_call(student, rng):
    weights = model_of(rng)
    expect_written(student, weights, SIZE, [(prompts(rng, 3, rng.randint(3, 5)), 6, False, True)])
    expect_written(
        student, weights, SIZE, [(prompts(rng, 1, 1), 5, False, False), (prompts(rng, 2, 4), 1, False, True)]
    )


@exercise("generate_cached")
def test_first_of_equal_logits(student, rng):
    expect_written(student, model_of(rng), SIZE, [(prompts(rng, 3, 2), 5, True, rng.choice([True, False]))])


@exercise("generate_cached")
def test_gradients_are_off_and_then_as_before(student, rng):
    weights = model_of(rng)
    for enabled in rng.permutation([True, False]):
        expect_written(student, weights, SIZE, [(prompts(rng, 2, 3), 3, False, enabled)])


@exercise("generate_cached")
def test_nothing_to_write_and_less(student, rng):
    weights, less = model_of(rng), -rng.randint(1, 9)
    unnamed = "The error for `new` below 0 doesn't name it."
    ids = prompts(rng, 2, 3)
    in_drawn_order(
        rng,
        rejected(
            lambda: student.run(written, weights, SIZE, [[ids, less, False, True]]),
            "`new` below 0",
            str(less),
            unnamed=unnamed,
        ),
        lambda: expect_written(student, weights, SIZE, [(prompts(rng, 2, 3), 0, False, True)]),
        lambda: expect_written(student, weights, SIZE, [(prompts(rng, 2, 3), 2, False, True)]),
    )


@exercise("generate_cached")
def test_same_text_as_without_a_cache(student, rng):
    sizes = ((31, 6), (16, 6), (6, 8), (6, 8), (6, 6))
    tables = [1.5 * rng.randn(*one, dtype=torch.float64) for one in sizes]
    ids = rng.randint(0, 31, (2, rng.randint(3, 6)))
    got = student.run(written_by_attention, tables, ids, 8)
    expect_equal(
        got,
        written_without_cache(tables, ids, 8),
        what="The text that a model of one layer writes with cached_attention",
    )
