"""Hidden checks of `mean_embedding`."""

import torch
from embeddings_oracles import TOL_FP32, bag_mistakes, expect_bag, outside_ids, some_ids

from autograder.checks import exercise, expect_close, in_drawn_order


@exercise("mean_embedding")
def test_counts_decide(student, rng):
    vocab, ids = 6, some_ids(rng, 3, 8, 6)
    table = rng.randn(vocab, 7)
    ids[0, :2] = torch.tensor([0, 3])
    counts = torch.stack([torch.bincount(text, minlength=vocab) for text in ids]).float()
    expect_close(
        student.mean_embedding(ids, table),
        counts @ table / 8,
        what="The mean, by how often each token occurs,",
        mistakes=bag_mistakes(ids, table),
        **TOL_FP32,
    )


@exercise("mean_embedding")
def test_bags_of_many_sizes(student, rng):
    for batch, length in ((1, 7), (4, 1), (5, 2), (1, 1)):
        expect_bag(student, rng.randint(0, 6, (batch, length)), rng.randn(6, 5), "The mean")
    ids = some_ids(rng, 2, 4, 6)
    expect_bag(student, ids, rng.randn(6, 5).bfloat16(), "The mean in bf16", {"rtol": 0.03, "atol": 0.03})


@exercise("mean_embedding")
def test_a_bag_is_refused_as_embed_refuses(student, rng):
    table, ids = rng.randn(7, 9), some_ids(rng, 2, 3, 7)
    in_drawn_order(
        rng,
        *outside_ids(rng, lambda ids: student.mean_embedding(ids, table), "mean_embedding", 7, [(1, 2)]),
        lambda: expect_bag(student, ids, table, "The mean of legal ids"),
    )
