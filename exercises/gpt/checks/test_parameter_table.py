"""Checks of `parameter_table`."""

from gpt_function_oracles import expect_table

from autograder.checks import exercise


def draw(rng):
    """Sizes of which no two are alike."""
    return rng.permutation(range(5, 60))[:3]


@exercise("parameter_table")
def test_a_tied_head_counts_once(student, rng):
    first = expect_table(student, *draw(rng), 1, "parameter")
    expect_table(student, *draw(rng), 1, "parameter", earlier=first)


@exercise("parameter_table")
def test_an_untied_head_counts_too(student, rng):
    expect_table(student, *draw(rng), rng.choice([1, 2]), None)


@exercise("parameter_table")
def test_whatever_shares_memory_counts_once(student, rng):
    expect_table(student, *draw(rng), 2, "memory")
