"""Checks of `bigram_probs`."""

from functools import partial

import torch
from language_modeling_oracles import TOL_FP32, expect_refused_and_taken, prob_mistakes, probs_oracle

from autograder.checks import exercise, expect_close

WHAT = "The matrix of probabilities"


def counts_of(rng, size, empty):
    """(size, size) counts with no two rows or columns of one sum, where `empty` says which row is 0."""
    counts = rng.randint(0, 9, (size, size))
    counts[:, 1] += 5 * torch.arange(size) ** 2 + 3
    counts[empty] = 0
    counts[empty - 1, 0] = 0  # a count of 0 in a row of others
    return counts


@exercise("bigram_probs")
def test_each_row_is_divided_by_its_own_sum(student, rng):
    size = rng.randint(4, 7)
    for counts in (torch.tensor([[0, 2, 2], [1, 0, 0], [0, 0, 0]]), counts_of(rng, size, rng.randint(0, size))):
        expect_close(
            student.bigram_probs(counts),
            probs_oracle(counts),
            what=WHAT,
            mistakes=prob_mistakes(counts),
            advice="The sums of the rows need the shape (V, 1) to divide the rows.",
            **TOL_FP32,
        )


@exercise("bigram_probs")
def test_smoothing_is_added_to_every_count(student, rng):
    size, smoothing = rng.randint(4, 7), 1.25 + rng.randint(0, 3) / 2
    counts = counts_of(rng, size, rng.randint(0, size))
    expect_close(
        student.bigram_probs(counts, smoothing),
        probs_oracle(counts, smoothing),
        what="The matrix of probabilities with smoothing",
        mistakes=prob_mistakes(counts, smoothing),
        **TOL_FP32,
    )
    again = torch.tensor([[0, 2, 2], [1, 0, 0], [0, 0, 0]])
    expect_close(
        student.bigram_probs(again, smoothing=1),
        probs_oracle(again, 1),
        what="The matrix of probabilities with smoothing 1",
        **TOL_FP32,
    )
    little = rng.randint(2, 9) / 100
    expect_close(
        student.bigram_probs(again, little),
        probs_oracle(again, little),
        what="The matrix of probabilities with little smoothing",
        mistakes=prob_mistakes(again, little),
        **TOL_FP32,
    )


@exercise("bigram_probs")
def test_smoothing_is_not_negative(student, rng):
    counts = counts_of(rng, 4, rng.randint(0, 4))
    refused = [("A negative smoothing", partial(student.bigram_probs, counts + 1, -rng.randint(1, 9) / 10))]
    expected = probs_oracle(counts)
    rejected = "A smoothing of 0 is rejected; only one below 0 is an error."
    taken = partial(student.bigram_probs, counts, 0.0), expected, WHAT, rejected, prob_mistakes(counts)
    expect_refused_and_taken(rng, refused, [taken])
