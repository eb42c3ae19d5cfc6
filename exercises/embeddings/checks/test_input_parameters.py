"""Checks of `input_parameters`."""

from embeddings_oracles import expect_counts

from autograder.checks import exercise


@exercise("input_parameters")
def test_tied_tables(student, rng):
    expect_counts(student, 5, 3, 2, True, "The docstring's count")
    expect_counts(student, *sizes(rng), True, "The count with a tied output")


@exercise("input_parameters")
def test_untied_tables(student, rng):
    expect_counts(student, 5, 3, 2, False, "The docstring's count")
    expect_counts(student, *sizes(rng), False, "The count with an output of its own")


def sizes(rng):
    return rng.randint(100, 200), rng.randint(20, 40), rng.randint(5, 9)
