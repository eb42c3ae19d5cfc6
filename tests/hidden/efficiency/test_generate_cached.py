"""Hidden checks of `generate_cached`."""

import torch
from efficiency_writing_oracles import expect_written, written, written_by_attention, written_without_cache

from autograder.checks import exercise, expect_equal, in_drawn_order, rejected

SIZE = 29


def drawn(rng, rows, length):
    """Weights of positions, and prompts with id 0 among them."""
    ids = rng.randint(1, SIZE, (rows, length))
    ids[:, 0] = torch.tensor(rng.permutation(range(1, SIZE))[:rows])
    ids[0, -1] = ids[0, -1] if length == 1 else 0
    return torch.tensor(rng.permutation(range(2, SIZE))[:24]), ids


@exercise("generate_cached")
def test_texts_of_several_calls(student, rng):
    weights, _ = drawn(rng, 1, 1)
    calls = [
        (drawn(rng, rows, length)[1], new, tie, bool(rng.randint(0, 2)))
        for rows, length, new, tie in ((4, 7, 9, False), (1, 1, 12, True), (2, 9, 2, False), (5, 2, 1, True))
    ]
    expect_written(student, weights, SIZE, rng.permutation(calls))


@exercise("generate_cached")
def test_nothing_written_beside_something(student, rng):
    weights, ids = drawn(rng, 3, 2)
    unnamed = "The error for `new` below 0 doesn't name it."
    in_drawn_order(
        rng,
        rejected(
            lambda: student.run(written, weights, SIZE, [[ids, -1, False, False]]),
            "`new` below 0",
            "-1",
            unnamed=unnamed,
        ),
        lambda: expect_written(student, weights, SIZE, [(ids, 0, False, False), (ids, 4, False, False)]),
    )


@exercise("generate_cached")
def test_texts_of_another_model_without_a_cache(student, rng):
    sizes = ((17, 4), (20, 4), (4, 6), (4, 6), (4, 4))
    tables = [1.5 * rng.randn(*one, dtype=torch.float64) for one in sizes]
    ids = rng.randint(0, 17, (3, 1))
    got = student.run(written_by_attention, tables, ids, 12)
    expect_equal(got, written_without_cache(tables, ids, 12), what="The text that a model of one layer writes")
