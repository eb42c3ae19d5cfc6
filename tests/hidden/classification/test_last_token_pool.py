"""Hidden checks of `last_token_pool`."""

import torch
from classification_oracles import (
    expect_last_tokens,
    expect_message,
    expect_no_vector,
    expect_one_text,
    expect_others_left_out,
    expect_pooled_gradient,
    expect_the_side_is_not_guessed,
    padded_batch,
    pooled_gradient,
    random_texts,
)

from autograder.checks import exercise, expect_equal, expect_error


@exercise("last_token_pool")
def test_gradients_reach_the_last_token_only(student, rng):
    hidden, direction = rng.randn(3, 5, 4), rng.randn(3, 4)
    mask = torch.tensor([[1, 1, 0, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 0]])
    gradient = student.run(pooled_gradient, hidden, mask, direction)
    expect_pooled_gradient(gradient, direction, [1, 4, 0])


@exercise("last_token_pool")
def test_a_text_without_tokens_is_an_error(student, rng):
    for rows in ([[1, 1, 0], [0, 0, 0]], [[0, 0, 0], [0, 1, 1]]):
        hidden, mask = rng.randn(2, 3, 2), torch.tensor(rows)
        full = torch.where(mask.any(dim=1, keepdim=True), mask, mask.flip(0))  # each row has a token
        expect_last_tokens(student.last_token_pool(hidden, full), hidden, full, "What is pooled of rows that are full")
        expect_no_vector(student, hidden, mask)
    row = rng.randint(5, 9)
    mask = torch.ones(10, 3, dtype=torch.int64)
    mask[row] = 0
    # people count from 0 or from 1
    says = expect_message("The error for a row without a real token doesn't say which row.", row, row + 1)
    with expect_error("ValueError", what="last_token_pool with a row that has no real token"), says:
        student.last_token_pool(rng.randn(10, 3, 2), mask)


@exercise("last_token_pool")
def test_one_text_one_token_any_dtype(student, rng):
    for dtype in (torch.float64, torch.bfloat16):
        hidden = rng.randn(1, 1, 4).to(dtype)
        result = student.last_token_pool(hidden, torch.tensor([[1]]))
        expect_one_text(result, hidden)
    expect_others_left_out(student, rng)
    expect_the_side_is_not_guessed(student, rng, [2, 6])
    for side in ("right", "left"):
        _, mask = padded_batch(random_texts(rng, 1, 1), side, extra=2)
        hidden = rng.randn(2, 3, 4)
        last = 0 if side == "right" else -1
        expect_equal(
            student.last_token_pool(hidden, mask), hidden[:, last], what="What is pooled of padded texts of one token"
        )


@exercise("last_token_pool")
def test_swapping_texts_swaps_vectors(student, rng):
    hidden, order = rng.randn(4, 6, 3), torch.tensor([2, 0, 3, 1])
    _, mask = padded_batch(random_texts(rng, 6, 2, 5, 3), "left")
    expect_equal(
        student.last_token_pool(hidden[order], mask[order]),
        student.last_token_pool(hidden, mask)[order],
        what="What is pooled after swapping the texts",
    )
    expected = hidden[:, -1]  # padding is on the left
    expect_equal(student.last_token_pool(hidden, mask), expected, what="What is pooled")
