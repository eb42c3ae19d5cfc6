"""Checks of `bigram_counts`."""

from functools import partial

import torch
from language_modeling_oracles import (
    EMPTY_TEXT,
    LARGEST_ID,
    count_mistakes,
    counts_oracle,
    expect_refused_and_taken,
)

from autograder.checks import StudentError, exercise, expect_equal, fail

WHAT = "The matrix of counts"


def text_of(rng, size):
    """30 ids below size - 2 in which pairs repeat, two are equal neighbours, and the ends differ."""
    ids = rng.randint(0, size - 2, (30,))
    ids[:6] = torch.tensor([2, 1, 1, 2, 1, 0])
    ids[-3:] = torch.tensor([0, 2, 3])
    return ids


@exercise("bigram_counts", points=2)
def test_pairs_of_neighbours_are_counted(student, rng):
    drawn = text_of(rng, 8)
    for ids, size in ((torch.tensor([0, 1, 0, 1, 1]), 3), (drawn, 8), (torch.tensor([1, 0]).repeat(300), 2)):
        expect_equal(
            student.bigram_counts(ids, size),
            counts_oracle(ids, size),
            what=WHAT,
            mistakes=count_mistakes(ids, size),
            advice="Row a, column b: how often b comes right after a.",
        )


@exercise("bigram_counts")
def test_a_text_without_pairs_and_a_second_text(student, rng):
    size = rng.randint(4, 9)
    first, second = text_of(rng, 7), text_of(rng, 7)
    expect_equal(student.bigram_counts(first, 7), counts_oracle(first, 7), what=WHAT, mistakes=count_mistakes(first, 7))
    for ids in (rng.randint(0, size, (1,)), torch.zeros(0, dtype=torch.int64)):
        try:
            found = student.bigram_counts(ids, size)
        except StudentError as error:
            fail(EMPTY_TEXT, got=str(error))
        expect_equal(
            found,
            torch.zeros(size, size, dtype=torch.int64),
            what="The matrix of counts of a text without pairs",
            mistakes={"Every count is one too large; smoothing comes later.": torch.ones(size, size).long()},
        )
    expect_equal(
        student.bigram_counts(second, 7),
        counts_oracle(second, 7),
        what="The matrix of counts of a second text",
        mistakes={
            "Counts of an earlier call are still there.": counts_oracle(first, 7) + counts_oracle(second, 7),
            "It answers a second call as it answered the first.": counts_oracle(first, 7),
        }
        | count_mistakes(second, 7),
    )


@exercise("bigram_counts")
def test_ids_outside_of_the_vocabulary(student, rng):
    size = rng.randint(4, 9)
    legal = rng.randint(0, size, (7,))
    legal[3] = size - 1
    too_large, negative = legal.clone(), legal.clone()
    too_large[2], negative[2] = size, -1
    at_the_end, alone = legal.clone(), torch.tensor([rng.choice([size, -1])])
    at_the_end[-1] = rng.choice([size, -1])
    unsaid = "The error for an id outside of the vocabulary doesn't say which ids there may be."
    taken = partial(student.bigram_counts, legal, size), counts_oracle(legal, size), WHAT, LARGEST_ID, {}
    for where, texts in (
        ("", [too_large, negative]),
        (", at the end of a text,", [at_the_end]),
        (", alone in its text,", [alone]),
    ):
        what = f"An id outside of the vocabulary{where}"
        refused = [(what, partial(student.bigram_counts, ids, size), (size, size - 1), unsaid) for ids in texts]
        expect_refused_and_taken(rng, refused, [taken])
