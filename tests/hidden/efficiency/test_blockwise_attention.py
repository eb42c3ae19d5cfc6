"""Hidden checks of `blockwise_attention`."""

import torch
from efficiency_attention_oracles import expect_blockwise

from autograder.checks import exercise, in_drawn_order, rejected


def drawn(rng, leading, queries, keys, width, width_v, spread=2.0):
    """Queries, keys and values."""
    return (
        spread * rng.randn(*leading, queries, width),
        rng.randn(*leading, keys, width),
        rng.randn(*leading, keys, width_v),
    )


@exercise("blockwise_attention")
def test_blocks_of_every_size(student, rng):
    keys = rng.choice([7, 11, 13])
    q, k, v = drawn(rng, (1, 2), 4, keys, 3, 5)
    for block in rng.permutation([1, 2, 5, keys - 1, keys, keys + 1]):
        expect_blockwise(student, q, k, v, block, rng.choice([True, False]))


@exercise("blockwise_attention")
def test_future_of_one_query_and_of_many(student, rng):
    for queries, keys, block in rng.permutation([(1, 9, 4), (9, 9, 9), (2, 11, 3), (13, 4, 3), (6, 1, 2)]):
        expect_blockwise(student, *drawn(rng, (2,), queries, keys, 4, 3), block, True)


@exercise("blockwise_attention")
def test_blocks_in_every_dtype(student, rng):
    for dtype in rng.permutation([torch.bfloat16, torch.float64]):
        q, k, v = (one.to(dtype) for one in drawn(rng, (2, 2), 6, 10, 4, 3, spread=1.0))
        expect_blockwise(student, q, k, v, 4, rng.choice([True, False]))


@exercise("blockwise_attention")
def test_blocks_of_scores_far_apart(student, rng):
    q, k, v = drawn(rng, (2,), 5, 9, 3, 2, spread=80.0)
    for causal in rng.permutation([True, False]):
        expect_blockwise(student, q, k, v, 2, causal)


@exercise("blockwise_attention")
def test_no_large_tensor_at_other_sizes(student, rng):
    expect_blockwise(student, *drawn(rng, (3,), 60, 150, 4, 4), 10, True, watch=True)
    expect_blockwise(student, *drawn(rng, (), 130, 90, 3, 4), 5, True, watch=True)


@exercise("blockwise_attention")
def test_a_block_of_minus_one(student, rng):
    q, k, v = drawn(rng, (2, 1), 3, 5, 4, 2)
    unnamed = "The error for a block below 1 doesn't name it."
    in_drawn_order(
        rng,
        rejected(lambda: student.blockwise_attention(q, k, v, -1, True), "A block below 1", "-1", unnamed=unnamed),
        rejected(lambda: student.blockwise_attention(q, k, v, 0, True), "A block below 1", 0, unnamed=unnamed),
        lambda: expect_blockwise(student, q, k, v, 2, True),
    )
