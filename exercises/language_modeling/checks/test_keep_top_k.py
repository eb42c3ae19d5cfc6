"""Checks of `keep_top_k`."""

from functools import partial

import torch
from language_modeling_oracles import (
    BEYOND_THE_VOCABULARY,
    INF,
    expect_refused_and_taken,
    only,
    top_k_mistakes,
    top_k_oracle,
)

from autograder.checks import AnyOf, StudentError, exercise, expect_equal, fail

WHAT = "The tensor of logits"


def spread_logits(rng, *sizes):
    """Logits no two of which are equal, the rows at different heights; positive and negative ones in each."""
    logits = torch.tensor(rng.permutation(range(torch.Size(sizes).numel()))).float().reshape(sizes)
    return (logits - logits.mean()) / 4 + rng.randn(*sizes[:-1], 1)


@exercise("keep_top_k", points=2)
def test_the_k_largest_of_each_row_stay(student, rng):
    drawn, more = spread_logits(rng, 3, 9), spread_logits(rng, 2, 4, 8)
    for logits, k in ((torch.tensor([1.0, 4.0, 2.0, 3.0]), 2), (drawn, rng.randint(3, 5)), (more, rng.randint(3, 5))):
        expect_equal(
            student.keep_top_k(logits, k),
            top_k_oracle(logits, k),
            what=WHAT,
            mistakes=top_k_mistakes(logits, k),
            advice="The k-th largest of a row is the bound for that row.",
        )


@exercise("keep_top_k")
def test_what_equals_the_kth_largest_stays(student, rng):
    row = rng.permutation([5.0, 4.0, 3.0, 3.0, 3.0, 2.0, 1.0])
    other = rng.permutation([3.5, -3.0, 2.5, -2.0, 1.5, -1.0, 0.5])
    logits = torch.tensor(rng.permutation([row, other]))
    for batch, k in ((logits, 4), (torch.tensor([1.0, 3.0, 2.0, 2.0]), 2)):
        expect_equal(
            student.keep_top_k(batch, k),
            top_k_oracle(batch, k),
            what="The tensor of logits of which several equal the k-th largest",
            mistakes=top_k_mistakes(batch, k),
        )


@exercise("keep_top_k")
def test_a_large_k_changes_nothing(student, rng):
    logits = spread_logits(rng, 2, 130)
    logits[1, 7] = -INF  # impossible already
    for k in rng.permutation([130, 131 + rng.randint(0, 100), 110]):
        try:
            found = student.keep_top_k(logits, k)
        except StudentError as error:
            fail(
                BEYOND_THE_VOCABULARY if k > 130 else f"A k of {'V' if k == 130 else 'less than V'} fails.",
                got=str(error),
            )
        bounded = top_k_mistakes(logits, k) if k < 130 else {}
        expect_equal(
            found,
            top_k_oracle(logits, k),
            what="The tensor of logits for a large k",
            mistakes={
                "k is kept below some bound; any k is legal.": lambda: AnyOf(
                    *(top_k_oracle(logits, most) for most in (10, 20, 40, 50, 64, 100))
                ),
                "One too few stays.": lambda k=k: top_k_oracle(logits, min(k, 130) - 1),
            }
            | bounded,
        )


@exercise("keep_top_k")
def test_one_token_at_least(student, rng):
    logits = spread_logits(rng, 3, 6)
    refused = [
        ("A k below 1", partial(student.keep_top_k, logits, 0)),
        ("A k below 1", partial(student.keep_top_k, logits, -rng.randint(1, 4))),
    ]
    rejected = "k = 1 is rejected; only a smaller k is an error."
    mistakes = {
        "One too many stays: the bound is the next smaller logit.": top_k_oracle(logits, 2),
        "One too few stays.": torch.full_like(logits, -INF),
        "The k-th largest itself goes; what equals it stays.": torch.full_like(logits, -INF),
        "Every row is held against the first row's bound.": only(logits, logits >= logits[0].max()),
        "The largest of the whole batch stay; each row has its own.": only(logits, logits >= logits.max()),
    }
    one = partial(student.keep_top_k, logits, 1), top_k_oracle(logits, 1), WHAT, rejected, mistakes
    half = logits.bfloat16()
    small = partial(student.keep_top_k, half, 2), top_k_oracle(half, 2), WHAT, "k = 2 is rejected.", mistakes
    expect_refused_and_taken(rng, refused, [one, small])
