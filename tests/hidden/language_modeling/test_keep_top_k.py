"""Hidden checks of `keep_top_k`."""

import torch
from language_modeling_oracles import INF, top_k_mistakes, top_k_oracle

from autograder.checks import exercise, expect_equal

WHAT = "The tensor of logits"


@exercise("keep_top_k")
def test_it_is_the_top_k_of_transformers(student, rng):
    from transformers import TopKLogitsWarper

    logits, k = 3 * rng.randn(4, 60), rng.randint(5, 55)
    expected = TopKLogitsWarper(top_k=k)(None, logits)
    expect_equal(student.keep_top_k(logits, k), expected, what=WHAT, mistakes=top_k_mistakes(logits, k))


@exercise("keep_top_k")
def test_one_row_many_dimensions_and_other_dtypes(student, rng):
    for shape, dtype in (((7,), "float64"), ((2, 3, 2, 6), "float32"), ((3, 9), "bfloat16"), ((2, 8), "float16")):
        logits = (5 * rng.randn(*shape)).to(getattr(torch, dtype))
        for k in (1, 3):
            mistakes = top_k_mistakes(logits, k) if k > 1 else {}
            expect_equal(student.keep_top_k(logits, k), top_k_oracle(logits, k), what=WHAT, mistakes=mistakes)


@exercise("keep_top_k")
def test_what_is_impossible_stays_so(student, rng):
    logits = 3 * rng.randn(3, 7)
    for row in range(3):
        logits[row, rng.permutation(range(7))[: row + 2]] = -INF
    for k in (2, 5, 7, 300):
        expect_equal(student.keep_top_k(logits, k), top_k_oracle(logits, k), what="The tensor of logits beside -inf")


@exercise("keep_top_k")
def test_rows_of_equal_logits(student, rng):
    logits = torch.stack([torch.full((6,), rng.randn(()).item()), rng.randn(6)])
    logits[1, :4] = torch.tensor(rng.permutation([2.5, 2.5, 2.5, 3.5]))
    for k in (2, 3):
        expect_equal(
            student.keep_top_k(logits, k),
            top_k_oracle(logits, k),
            what="The tensor of logits of which several equal the k-th largest",
            mistakes=top_k_mistakes(logits, k),
        )
