"""Hidden checks of `causal_mask`."""

import torch
from torch.nn import functional as F
from transformer_oracles import expect_mask, impossible_masks, mask_mistakes

from autograder.checks import exercise, expect_equal, in_drawn_order


@exercise("causal_mask", points=2)
def test_masks_of_every_size(student, rng):
    sizes = [(queries, keys) for queries in range(5) for keys in (queries, queries + rng.randint(1, 8))]
    for queries, keys in rng.permutation(sizes):
        expect_mask(student, queries, keys, "The mask")
    expect_mask(student, rng.randint(20, 40), None, "The mask of many queries")


@exercise("causal_mask")
def test_the_last_rows_of_a_larger_mask(student, rng):
    # The mask of the last queries is that of all of them without the rows before
    keys = rng.randint(6, 12)
    for queries in rng.permutation((1, 3, keys - 2)):
        whole = torch.ones(keys, keys, dtype=torch.bool).tril()
        expect_equal(
            student.causal_mask(queries, keys),
            whole[-queries:],
            what="The mask of the last queries",
            mistakes=mask_mistakes(queries, keys),
        )


@exercise("causal_mask")
def test_attention_under_the_mask_ends_with_the_last_key(student, rng):
    queries, keys = rng.randint(2, 5), rng.randint(6, 9)
    q, k, v = rng.randn(1, keys, 4), rng.randn(1, keys, 4), rng.randn(1, keys, 4)
    whole = F.scaled_dot_product_attention(q, k, v, is_causal=True)[:, -queries:]
    got = student.causal_mask(queries, keys)
    expect_mask(student, queries, keys, "The mask of more keys than queries")
    scores = (q[:, -queries:] @ k.transpose(1, 2) / 2).masked_fill(
        ~torch.ones(queries, keys).tril(keys - queries).bool(), -torch.inf
    )
    expect_equal(
        got, torch.isfinite(scores)[0], what="The mask that a cache needs", mistakes=mask_mistakes(queries, keys)
    )
    assert torch.allclose(scores.softmax(-1) @ v, whole, atol=1e-5)  # what is_causal means when nothing is cached


@exercise("causal_mask")
def test_what_sizes_are_rejected(student, rng):
    queries = rng.randint(3, 9)
    in_drawn_order(
        rng,
        *impossible_masks(rng, student),
        lambda: expect_mask(student, queries, queries, "The mask of as many keys as queries"),
        lambda: expect_mask(student, 0, 0, "The mask of nothing"),
        lambda: expect_mask(student, 0, queries, "The mask of no queries"),
    )
