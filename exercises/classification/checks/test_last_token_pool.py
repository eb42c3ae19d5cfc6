"""Checks of `last_token_pool`."""

import torch
from classification_oracles import (
    WRONG_POOLINGS,
    expect_last_tokens,
    expect_message,
    expect_no_vector,
    expect_one_text,
    expect_others_left_out,
    expect_pooled_gradient,
    expect_the_side_is_not_guessed,
    noisy_batch,
    pooled_gradient,
    random_texts,
)

from autograder.checks import StudentError, exercise, expect_equal, expect_error, fail


def mistakes_for(hidden, mask):
    """What known mistakes would give, as a table of sentences."""
    return {sentence: pool(hidden, mask) for sentence, pool in WRONG_POOLINGS.items()}


@exercise("last_token_pool")
def test_padding_on_the_right(student, rng):
    hidden = torch.tensor([[[1.0, 2], [3, 4], [5, 6]], [[7, 8], [9, 0], [2, 4]]])
    mask = torch.tensor([[1, 1, 0], [1, 1, 1]])
    expect_last_tokens(student.last_token_pool(hidden, mask), hidden, mask, "What is pooled of the docstring's vectors")
    _, mask = noisy_batch(rng, random_texts(rng, *rng.permutation([3, 6, 1, 5])), "right")
    hidden = rng.randn(4, 6, 3)
    try:
        result = student.last_token_pool(hidden, mask)
    except StudentError as error:
        if error.type != "ValueError":
            raise
        fail("A text of one token is taken for one without any; its last position is 0.", got=str(error))
    expect_last_tokens(result, hidden, mask, "What is pooled under padding on the right")
    expect_the_side_is_not_guessed(student, rng, [1, 3, 4])


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


@exercise("last_token_pool")
def test_one_text_keeps_its_row_and_its_dtype(student, rng):
    hidden = rng.randn(1, 4, 3).double()
    expect_one_text(student.last_token_pool(hidden, torch.ones(1, 4, dtype=torch.int64)), hidden)
    hidden, direction = rng.randn(2, 3, 4), rng.randn(2, 4)
    gradient = student.run(pooled_gradient, hidden, torch.tensor([[1, 1, 1], [1, 1, 0]]), direction)
    expect_pooled_gradient(gradient, direction, [2, 1])


@exercise("last_token_pool")
def test_other_positions_are_left_out(student, rng):
    expect_others_left_out(student, rng)


@exercise("last_token_pool")
def test_a_row_without_a_token_is_an_error(student, rng):
    hidden = rng.randn(4, 3, 2)
    mask = torch.tensor([[1, 1, 0], [1, 1, 1], [1, 0, 0], [1, 1, 0]])
    expect_last_tokens(student.last_token_pool(hidden, mask), hidden, mask, "What is pooled where each row has a token")
    mask[2] = 0
    expect_no_vector(student, hidden, mask)
    says = expect_message("The error for a row without a real token doesn't say which row.", 2, 3)  # from 0 or from 1
    with expect_error("ValueError", what="last_token_pool with a row that has no real token"), says:
        student.last_token_pool(hidden, mask)
