"""Checks of `cached_attention`."""

import torch
from efficiency_attention_oracles import appended, drawn_tokens, expect_cached, read_in_chunks, told_cached

from autograder.checks import exercise, in_drawn_order, rejected


def queries(rng, keys):
    """Queries of the shape of these keys, whose scores are far enough apart to matter."""
    return 2 * rng.randn(*keys.shape)


@exercise("cached_attention")
def test_one_new_token(student, rng):
    zeros = torch.zeros(1, 1, 2, 1)
    cache = (zeros, torch.tensor([10.0, 20.0]).view(1, 1, 2, 1))
    expect_cached(student, torch.ones(1, 1, 1, 1), zeros[:, :, :1], torch.full((1, 1, 1, 1), 60.0), cache)
    cache = drawn_tokens(rng, 2, 3, rng.randint(4, 8), 5, 6)
    new = drawn_tokens(rng, 2, 3, 1, 5, 6)
    expect_cached(student, queries(rng, new[0]), *new, cache)


@exercise("cached_attention")
def test_several_new_tokens(student, rng):
    cache = drawn_tokens(rng, 2, 3, rng.randint(4, 7), 5)
    new = drawn_tokens(rng, 2, 3, rng.randint(3, 4), 5)
    expect_cached(student, queries(rng, new[0]), *new, cache)
    expect_cached(student, 100 * queries(rng, new[0]), *new, cache)


@exercise("cached_attention")
def test_first_tokens_of_a_text(student, rng):
    new = drawn_tokens(rng, 2, 2, rng.randint(4, 7), 3, 5)
    expect_cached(student, queries(rng, new[0]), *new, None)


@exercise("cached_attention")
def test_a_text_read_in_any_chunks(student, rng):
    keys, values = drawn_tokens(rng, 2, 2, 9, 4, 3)
    q = queries(rng, keys)
    for lengths in rng.permutation([[1] * 9, [4, 1, 3, 1], [2, 7], [9]]):
        got = student.run(read_in_chunks, q, keys, values, lengths)
        told_cached(got, q, keys, values, None, advice="Read token by token, in chunks or all at once: it is the same.")


@exercise("cached_attention")
def test_cache_of_another_batch_is_not_read(student, rng):
    few, many = rng.randint(2, 4), rng.randint(5, 7)
    small, large = drawn_tokens(rng, few, 2, 3, 4), drawn_tokens(rng, many, 2, 3, 4)
    new = {few: drawn_tokens(rng, few, 2, 2, 4), many: drawn_tokens(rng, many, 2, 2, 4)}
    unnamed = "The error for a cache of another batch doesn't name both sizes."

    def refused(cache, size):
        q = queries(rng, new[size][0])
        what = "A cache of another batch"
        return rejected(
            lambda: student.cached_attention(q, *new[size], cache), what, len(cache[0]), size, unnamed=unnamed
        )

    q = queries(rng, new[few][0])
    in_drawn_order(
        rng,
        refused(small, many),
        refused(large, few),
        lambda: expect_cached(student, q, *new[few], appended(None, *small)),
    )
