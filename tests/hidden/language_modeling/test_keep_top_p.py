"""Hidden checks of `keep_top_p`."""

import torch
from language_modeling_oracles import (
    INF,
    clear_logits,
    kept_by_row,
    only,
    smallest_set,
    top_p_oracle,
)

from autograder.checks import exercise, expect_equal

WHAT = "The tensor of logits"


@exercise("keep_top_p")
def test_no_smaller_set_reaches_p(student, rng):
    for p in (0.25, 0.55, 0.85):
        logits = clear_logits(rng, 2, 0.7) if p == 0.55 else clear_logits(rng, 3, p if p > 0.6 else 0.7)
        expected = only(logits, kept_by_row(logits, lambda row, p=p: smallest_set(row, p)))
        expect_equal(student.keep_top_p(logits, p), expected, what=WHAT)


@exercise("keep_top_p")
def test_it_is_the_top_p_of_transformers(student, rng):
    from transformers import TopPLogitsWarper

    p = rng.randint(30, 96) / 100
    while True:
        logits = 3 * rng.randn(4, 40)
        ordered = logits.double().softmax(dim=-1).sort(dim=-1, descending=True).values
        sums = ordered.cumsum(dim=-1)
        near_the_largest = (ordered >= p * ordered[:, :1]).sum(dim=-1)
        if (sums - p).abs().min() > 1e-4 and ((sums < p).sum(dim=-1) + 1 != near_the_largest).any():
            break
    expected = TopPLogitsWarper(top_p=p)(None, logits)
    expect_equal(student.keep_top_p(logits, p), expected, what=WHAT)


@exercise("keep_top_p")
def test_shapes_dtypes_and_what_is_impossible(student, rng):
    p = rng.randint(62, 82) / 100
    rows = clear_logits(rng, 4, p)
    with_impossible = torch.cat([rows, torch.full((4, 2), -INF)], dim=1)[:, rng.permutation(range(8))]
    for logits in (
        rows.view(2, 1, 2, 6),
        rows[0],
        rows.double(),
        rows.half(),
        with_impossible,
        rows + 300.0,
    ):
        for reached in (p, 0.0):
            expect_equal(
                student.keep_top_p(logits, reached),
                top_p_oracle(logits, reached),
                what="The tensor of logits of another shape or dtype, or beside -inf",
            )
        expect_equal(student.keep_top_p(logits, 1.0), logits, what="The tensor of logits at p = 1")


@exercise("keep_top_p")
def test_a_token_that_is_all_but_certain(student, rng):
    logits, sure = rng.randn(3, 9), rng.randint(0, 9)
    logits[1, sure] = 40.0
    p = rng.randint(90, 99) / 100
    while (logits.double().softmax(-1).sort(-1, descending=True).values.cumsum(-1) - p).abs().min() < 1e-3:
        logits[[0, 2]] = rng.randn(2, 9)
    expect_equal(student.keep_top_p(logits, p), top_p_oracle(logits, p), what=WHAT)
