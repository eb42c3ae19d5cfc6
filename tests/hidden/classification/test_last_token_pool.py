"""Hidden checks of `last_token_pool`."""

import torch
from classification_oracles import TOL_FP32, expect_message, padded_batch, random_texts

from autograder.checks import StudentError, exercise, expect_close, expect_equal, expect_error, fail, probe


@probe
def pooled_gradient(student, hidden, mask, direction):
    """The gradient at the hidden states of the pooled vectors times a direction; None where there is no graph."""
    hidden = hidden.clone().requires_grad_()
    pooled = student.last_token_pool(hidden, mask)
    if not pooled.requires_grad:
        return None
    (pooled * direction).sum().backward()
    return hidden.grad


@exercise("last_token_pool")
def test_gradients_reach_the_last_token_only(student, rng):
    hidden, direction = rng.randn(3, 5, 4), rng.randn(3, 4)
    mask = torch.tensor([[1, 1, 0, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 0]])
    gradient = student.run(pooled_gradient, hidden, mask, direction)
    if gradient is None:
        fail("What is pooled has no graph, so nothing before it can learn.")
    expected = torch.zeros_like(hidden)
    for row, last in enumerate((1, 4, 0)):
        expected[row, last] = direction[row]
    expect_close(gradient, expected, what="The gradient at the hidden states", **TOL_FP32)


@exercise("last_token_pool")
def test_a_text_without_tokens_is_an_error(student, rng):
    for mask in ([[1, 1, 0], [0, 0, 0]], [[0, 0, 0], [0, 1, 1]]):
        try:
            student.last_token_pool(rng.randn(2, 3, 2), torch.tensor(mask))
        except StudentError as error:
            if error.type != "ValueError":
                fail("A row without a real token must raise ValueError.", got=error.type)
        else:
            fail("Padding is pooled for a row that has no real token; it must raise ValueError.")
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
        if isinstance(result, torch.Tensor) and result.shape == (4,):
            fail("The batch dimension is lost when there is one text.")
        if isinstance(result, torch.Tensor) and result.dtype != dtype:
            fail("What is pooled does not keep the dtype of the hidden states.")
        expect_equal(result, hidden[:, 0], what="What is pooled of one text of one token")
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
