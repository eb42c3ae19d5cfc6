"""Checks of `embedding_gradient`."""

import torch
from embeddings_oracles import (
    TOL_FP32,
    TRANSPOSED,
    expect_table_gradient,
    gradient_mistakes,
    lying_transposed,
    some_ids,
    summed_rows,
)
from torch.nn import functional as F

from autograder.checks import exercise, expect_accepted, expect_close, fail


@exercise("embedding_gradient")
def test_embedding_gradient_docstring_example(student, rng):
    # First a text in which each mistake gives something else: it has neither token 1 nor the last
    ids, upstream = torch.tensor([rng.permutation([2, 0, 2, 3, 2, 0])]), rng.randn(1, 6, 3)
    expect_table_gradient(student, ids, upstream, 5, "The gradient where a token occurs several times")
    upstream = torch.tensor([[[1.0, 2], [5, 7], [10, 20]]])
    expect_table_gradient(student, torch.tensor([[3, 0, 3]]), upstream, 4, "The gradient of the docstring's example")


@exercise("embedding_gradient", points=2)
def test_it_is_what_autograd_gives(student, rng):
    vocab, ids = 6, some_ids(rng, 3, 4, 6)
    ids[0, 2:] = torch.tensor([2, 2])  # a text with a token twice, which another text has too
    ids[2, 0] = 2
    table, target = rng.randn(vocab, 5).requires_grad_(), rng.randn(3, 4, 5)
    rows = F.embedding(ids, table)
    rows.retain_grad()
    (rows - target).square().mean().backward()
    expect_close(
        student.embedding_gradient(ids, rows.grad, vocab),
        table.grad,
        what="The gradient of a loss over a batch",
        mistakes=gradient_mistakes(ids, rows.grad, vocab),
        advice="autograd gives the expected value here: F.embedding and backward.",
        **TOL_FP32,
    )


@exercise("embedding_gradient")
def test_tokens_that_do_not_occur_get_zeros(student, rng):
    vocab = rng.randint(8, 12)
    ids, upstream = some_ids(rng, 2, 3, 4) + 1, rng.randn(2, 3, 5)  # neither the first nor the last tokens
    got = student.embedding_gradient(ids, upstream, vocab)
    right = summed_rows(ids, upstream, vocab)
    absent = torch.bincount(ids.flatten(), minlength=vocab) == 0
    if isinstance(got, torch.Tensor) and got.shape == right.shape and got[absent].any():
        fail("Tokens that don't occur get a gradient; their rows are zeros.", expected=0, got=got[absent])
    expect_close(
        got,
        right,
        what="The gradient where some tokens don't occur",
        mistakes=gradient_mistakes(ids, upstream, vocab),
        **TOL_FP32,
    )


@exercise("embedding_gradient")
def test_each_call_stands_alone(student, rng):
    ids, first, second = some_ids(rng, 2, 3, 5), rng.randn(2, 3, 7), rng.randn(2, 3, 7)
    expect_table_gradient(student, ids, first, 5, "The gradient")
    right = summed_rows(ids, second, 5)
    expect_close(
        student.embedding_gradient(ids, second, 5),
        right,
        what="The gradient of another call",
        mistakes=gradient_mistakes(
            ids, second, 5, also={"The gradient of an earlier call is still in it.": right + summed_rows(ids, first, 5)}
        ),
        **TOL_FP32,
    )
    with expect_accepted(TRANSPOSED):
        got = student.run(lying_transposed, "embedding_gradient", [ids, second], [5])
    expect_close(
        got, right, what="The gradient of transposed tensors", mistakes=gradient_mistakes(ids, second, 5), **TOL_FP32
    )


@exercise("embedding_gradient")
def test_the_gradient_has_the_dtype_of_upstream(student, rng):
    ids = some_ids(rng, 2, 4, 5)
    for dtype, tolerance in (
        (torch.float64, {"rtol": 1e-12, "atol": 1e-12}),
        (torch.bfloat16, {"rtol": 0.02, "atol": 0.02}),
    ):
        expect_table_gradient(student, ids, rng.randn(2, 4, 3).to(dtype), 5, "The gradient in another dtype", tolerance)
