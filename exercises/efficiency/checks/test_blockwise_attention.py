"""Checks of `blockwise_attention`."""

import torch
from efficiency_attention_oracles import blockwise, expect_blockwise

from autograder.checks import exercise, in_drawn_order, rejected


def drawn(rng, leading, queries, keys, width, width_v, spread=2.0):
    """Queries, keys and values."""
    return (
        spread * rng.randn(*leading, queries, width),
        rng.randn(*leading, keys, width),
        rng.randn(*leading, keys, width_v),
    )


@exercise("blockwise_attention")
def test_same_as_all_scores_at_once(student, rng):
    q, k = torch.tensor([[1.0]]), torch.tensor([[1.0], [3.0], [2.0]])
    expect_blockwise(student, q, k, 10 * torch.tensor([[1.0], [2.0], [3.0]]), 2)
    q, k, v = drawn(rng, (2, 3), rng.randint(5, 8), 12, 5, 4)
    expect_blockwise(student, q, k, v, 4)
    expect_blockwise(student, q, k, v, 3, None)


@exercise("blockwise_attention")
def test_last_block_is_smaller(student, rng):
    q, k, v = drawn(rng, (2, 2), 5, rng.choice([11, 14]), 4, 3)
    for block in rng.permutation([4, 1, 9, 40]):
        expect_blockwise(student, q, k, v, block)


@exercise("blockwise_attention")
def test_future_is_hidden(student, rng):
    q, k, v = drawn(rng, (2, 2), 10, 10, 4, 3)
    expect_blockwise(student, q, k, v, 4, True)
    q, k, v = drawn(rng, (2, 2), 5, 13, 4, 3)
    for block in rng.permutation([3, 5]):
        expect_blockwise(student, q, k, v, block, True)


@exercise("blockwise_attention")
def test_more_queries_than_keys(student, rng):
    q, k, v = drawn(rng, (1, 2), 9, 5, 4, 3)
    expect_blockwise(student, q, k, v, 2, True)
    expect_blockwise(student, q, k, v, 2, False)


@exercise("blockwise_attention")
def test_any_leading_dimensions(student, rng):
    for leading in rng.permutation([(), (3,), (2, 1, 2)]):
        expect_blockwise(student, *drawn(rng, leading, 4, 7, 3, 2), 3, True)


@exercise("blockwise_attention")
def test_the_matrix_of_all_scores_never_exists(student, rng):
    # 2 · 120 · 8 numbers are one block, 2 · 120 · 120 all scores, 120 · 120 a mask
    for causal in rng.permutation([True, False]):
        expect_blockwise(student, *drawn(rng, (1, 2), 120, 120, 6, 6), 8, causal, watch=True)


@exercise("blockwise_attention")
def test_blocks_of_nothing(student, rng):
    q, k, v = drawn(rng, (2,), 3, 5, 4, 2)
    less = -rng.randint(1, 9)
    unnamed = "The error for a block below 1 doesn't name it."
    questions = [
        rejected(
            lambda block=block: student.blockwise_attention(q, k, v, block),
            "A block below 1",
            str(block),
            unnamed=unnamed,
        )
        for block in (0, less)
    ]
    in_drawn_order(rng, *questions, lambda: expect_blockwise(student, q, k, v, 1))
