"""Hidden checks of `bigram_counts`."""

from functools import partial

import torch
from language_modeling_oracles import LARGEST_ID, count_mistakes, counts_oracle, expect_refused_and_taken

from autograder.checks import exercise, expect_equal

WHAT = "The matrix of counts"


@exercise("bigram_counts")
def test_a_long_text_and_a_short_one(student, rng):
    long = (rng.rand(900) ** 2 * 17).long()  # small ids are more frequent
    long[rng.randint(100, 800)] = 16
    for ids, size in ((long, 20), (torch.tensor(rng.permutation(range(9))[:2]), 9)):
        found = student.bigram_counts(ids, size)
        mistakes = count_mistakes(ids, size) if len(ids) > 2 else {}
        expect_equal(found, counts_oracle(ids, size), what=WHAT, mistakes=mistakes)


@exercise("bigram_counts")
def test_one_token_repeated_many_times(student, rng):
    size, token, times = rng.randint(3, 6), rng.randint(0, 3), rng.randint(300, 900)
    ids = torch.full((times,), token)
    expect_equal(
        student.bigram_counts(ids, size), counts_oracle(ids, size), what=WHAT, mistakes=count_mistakes(ids, size)
    )


@exercise("bigram_counts")
def test_a_wrong_id_at_either_end(student, rng):
    size = rng.randint(4, 9)
    legal = rng.randint(0, size, (6,))
    legal[0], legal[5] = size - 1, 0
    refused = []
    for position, wrong in ((0, size), (5, size + rng.randint(0, 5)), (0, -1), (5, -1)):
        ids = legal.clone()
        ids[position] = wrong
        refused.append(("An id outside of the vocabulary", partial(student.bigram_counts, ids, size)))
    taken = partial(student.bigram_counts, legal, size), counts_oracle(legal, size), WHAT, LARGEST_ID, {}
    expect_refused_and_taken(rng, refused, [taken])
