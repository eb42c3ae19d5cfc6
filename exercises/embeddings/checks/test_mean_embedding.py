"""Checks of `mean_embedding`."""

import torch
from embeddings_oracles import SQUEEZED, TOL_FP32, bag, bag_mistakes, expect_bag, outside_ids, some_ids

from autograder.checks import exercise, expect_close, in_drawn_order


def text_ids(rng, texts, length, vocab):
    """ids in which every text has an id 0, a token twice and others, in no order."""
    ids = torch.stack([torch.tensor(rng.permutation(range(1, vocab))[:length]) for _ in range(texts)])
    ids[:, 1], ids[:, 3] = 0, ids[:, 2]
    return ids


@exercise("mean_embedding")
def test_mean_embedding_docstring_example(student, rng):
    expect_bag(student, text_ids(rng, 3, 5, 9), rng.randn(9, 4), "The mean of three texts")
    table = torch.tensor([[10.0, 11], [20, 21], [30, 31]])  # in which many mistakes give the same
    for ids in ([[2, 0, 2]], [[0, 2, 2]]):
        expect_close(
            student.mean_embedding(torch.tensor(ids), table),
            torch.tensor([[70 / 3, 73 / 3]]),
            what="The mean of the docstring's ids",
            mistakes={SQUEEZED: torch.tensor([70 / 3, 73 / 3])},
            **TOL_FP32,
        )


@exercise("mean_embedding")
def test_the_order_of_words_is_lost(student, rng):
    ids, table = text_ids(rng, 2, 6, 9), rng.randn(9, 5)
    order = rng.permutation(range(6))
    expect_close(
        student.mean_embedding(ids[:, order], table),
        bag(ids, table),
        what="The mean after putting the words in another order",
        mistakes=bag_mistakes(ids[:, order], table),
        **TOL_FP32,
    )


@exercise("mean_embedding")
def test_one_text_one_token_and_another_dtype(student, rng):
    table = rng.randn(7, 5)
    for ids in (text_ids(rng, 1, 5, 7), torch.tensor([[3], [0]]), torch.tensor([[2]])):
        expect_bag(student, ids, table, "The mean of a single text or token")
        expect_bag(student, ids, table.double(), "The mean in fp64", {"rtol": 1e-12, "atol": 1e-12})


@exercise("mean_embedding")
def test_a_bag_with_an_id_without_a_row(student, rng):
    table, ids = rng.randn(6, 8), some_ids(rng, 2, 3, 6)
    in_drawn_order(
        rng,
        *outside_ids(rng, lambda ids: student.mean_embedding(ids, table), "mean_embedding", 6, [(1, 1)]),
        lambda: expect_bag(student, ids, table, "The mean of legal ids"),
    )
