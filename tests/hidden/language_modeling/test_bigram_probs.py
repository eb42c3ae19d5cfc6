"""Hidden checks of `bigram_probs`."""

import torch
from language_modeling_oracles import TOL_FP32, prob_mistakes, probs_oracle

from autograder.checks import exercise, expect_close

WHAT = "The matrix of probabilities"


@exercise("bigram_probs")
def test_several_rows_without_counts(student, rng):
    size = rng.randint(5, 9)
    counts = rng.randint(1, 7, (size, size)) + torch.arange(size)[:, None]
    counts[rng.permutation(range(size))[:3]] = 0
    expect_close(
        student.bigram_probs(counts), probs_oracle(counts), what=WHAT, mistakes=prob_mistakes(counts), **TOL_FP32
    )
    nothing = torch.zeros(size, size, dtype=torch.int64)
    expect_close(
        student.bigram_probs(nothing), torch.full((size, size), 1 / size), what="The matrix of no counts at all"
    )


@exercise("bigram_probs")
def test_large_counts_and_little_smoothing(student, rng):
    counts = rng.randint(0, 1 << 20, (6, 6))
    counts[2], counts[4, :5] = 0, 0
    expect_close(
        student.bigram_probs(counts), probs_oracle(counts), what=WHAT, mistakes=prob_mistakes(counts), **TOL_FP32
    )
    few, smoothing = rng.randint(0, 4, (6, 6)), rng.randint(2, 9) / 100
    few[3] = 0
    expect_close(
        student.bigram_probs(few, smoothing),
        probs_oracle(few, smoothing),
        what="The matrix of probabilities with smoothing",
        mistakes=prob_mistakes(few, smoothing),
        **TOL_FP32,
    )
