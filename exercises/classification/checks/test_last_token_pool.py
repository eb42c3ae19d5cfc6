"""Checks of `last_token_pool`."""

import torch
from classification_oracles import WRONG_POOLINGS, last_real_vectors, noisy_batch, random_texts

from autograder.checks import exercise, expect_equal, fail


def mistakes_for(hidden, mask):
    """What known mistakes would give, as a table of sentences."""
    return {sentence: pool(hidden, mask) for sentence, pool in WRONG_POOLINGS.items()}


def expect_last_tokens(result, hidden, mask, what):
    """Compare with the vectors (B, D) at the last 1 of each row."""
    expected = last_real_vectors(hidden, mask)
    if isinstance(result, torch.Tensor) and tuple(result.shape) == (len(hidden), *expected.shape):
        fail(
            "hidden[:, last] takes every row's last position from every row, which gives (B, B, D).",
            expected=tuple(expected.shape),
            got=tuple(result.shape),
            advice="Index with two tensors: one for the row, one for the position.",
        )
    expect_equal(
        result,
        expected,
        what=what,
        mistakes=mistakes_for(hidden, mask),
        advice="In each row, find the largest position at which the mask is 1.",
    )


@exercise("last_token_pool")
def test_last_token_pool_docstring_example(student):
    hidden = torch.tensor([[[1.0, 2], [3, 4], [5, 6]], [[7, 8], [9, 0], [2, 4]]])
    mask = torch.tensor([[1, 1, 0], [1, 1, 1]])
    expect_equal(
        student.last_token_pool(hidden, mask),
        torch.tensor([[3.0, 4], [2, 4]]),
        what="The docstring's vectors",
        mistakes={
            "In a padded row it takes padding: index -1, or one past the last token.": hidden[:, -1],
            "It takes the first token, which in a causal model has seen nothing but itself.": hidden[:, 0],
            "It takes the token before the last one.": torch.tensor([[1.0, 2], [9, 0]]),
            "It averages over padding.": hidden.mean(dim=1),
        },
    )


@exercise("last_token_pool")
def test_padding_on_the_right(student, rng):
    _, mask = noisy_batch(rng, random_texts(rng, *rng.permutation([3, 6, 1, 5])), "right")
    hidden = rng.randn(4, 6, 3)
    result = student.last_token_pool(hidden, mask)
    expect_last_tokens(result, hidden, mask, "What is pooled under padding on the right")


@exercise("last_token_pool")
def test_padding_on_the_left(student, rng):
    _, mask = noisy_batch(rng, random_texts(rng, *rng.permutation([3, 6, 1, 5])), "left")
    hidden = rng.randn(4, 6, 3)
    result = student.last_token_pool(hidden, mask)
    expect_last_tokens(result, hidden, mask, "What is pooled under padding on the left")


@exercise("last_token_pool")
def test_wider_padding_pools_the_same(student, rng):
    _, mask = noisy_batch(rng, random_texts(rng, 2, 4), "right")
    hidden = rng.randn(2, 4, 5)
    narrow = student.last_token_pool(hidden, mask)
    wide_hidden = torch.cat([hidden, 10 * rng.randn(2, 8, 5)], dim=1)
    wide_mask = torch.cat([mask, torch.zeros(2, 8, dtype=torch.int64)], dim=1)
    expect_equal(
        student.last_token_pool(wide_hidden, wide_mask),
        narrow,
        what="What is pooled after padding the batch 8 wider",
        mistakes=mistakes_for(wide_hidden, wide_mask),
        advice="Padding is not part of the text: what is pooled must not depend on how much of it there is.",
    )
    expect_equal(narrow, torch.stack([hidden[0, 1], hidden[1, 3]]), what="What is pooled")
