"""Hidden checks of `embedding_gradient`."""

import torch
from embeddings_oracles import TOL_FP32, expect_table_gradient, gradient_mistakes, some_ids, summed_rows

from autograder.checks import exercise, expect_close


@exercise("embedding_gradient")
def test_one_token_everywhere(student, rng):
    vocab, token = 6, rng.randint(0, 6)
    for shape in ((2, 5), (1, 1), (4, 1)):
        ids = torch.full(shape, token)
        expect_table_gradient(student, ids, rng.randn(*shape, 3), vocab, "The gradient where one token stands alone")


@exercise("embedding_gradient", points=2)
def test_a_step_of_one_place_moves_one_row(student, rng):
    """The gradient is linear in upstream: that of a sum is the sum of those of its places."""
    vocab, ids, upstream = 7, some_ids(rng, 2, 4, 7), rng.randn(2, 4, 5)
    total = torch.zeros(vocab, 5)
    for text in range(2):
        for place in range(4):
            one = torch.zeros_like(upstream)
            one[text, place] = upstream[text, place]
            total[ids[text, place]] += upstream[text, place]
            if (text, place) in ((0, 0), (1, 3)):
                expect_table_gradient(student, ids, one, vocab, "The gradient of a single place")
    expect_close(
        student.embedding_gradient(ids, upstream, vocab),
        total,
        what="The gradient of all places",
        mistakes=gradient_mistakes(ids, upstream, vocab),
        **TOL_FP32,
    )


@exercise("embedding_gradient")
def test_a_large_vocabulary(student, rng):
    vocab = rng.randint(200, 300)
    ids = rng.randint(0, 4, (3, 20))
    expect_table_gradient(student, ids, rng.randn(3, 20, 2), vocab, "The gradient of a large table")
    expect_table_gradient(
        student,
        ids,
        rng.randn(3, 20, 2).double(),
        vocab,
        "The gradient of a large table in fp64",
        {"rtol": 1e-12, "atol": 1e-12},
    )


@exercise("embedding_gradient")
def test_swapping_places_changes_nothing(student, rng):
    vocab, ids, upstream = 5, some_ids(rng, 2, 6, 5), rng.randn(2, 6, 7)
    order = torch.tensor(rng.permutation(range(6)))
    expect_close(
        student.embedding_gradient(ids[:, order].flip(0), upstream[:, order].flip(0), vocab),
        summed_rows(ids, upstream, vocab),
        what="The gradient after putting the places in another order",
        mistakes=gradient_mistakes(ids[:, order].flip(0), upstream[:, order].flip(0), vocab),
        **TOL_FP32,
    )
