"""Hidden checks of `first_loss`."""

import torch
from gpt_function_oracles import expect_loss
from torch.nn import functional as F

from autograder.checks import exercise


@exercise("first_loss")
def test_loss_of_texts_of_other_sizes(student, rng):
    for rows, length, spread in ((1, 2, 1.0), (5, 3, 30.0), (2, 17, 0.1)):
        vocab = rng.randint(5, 70)
        ids = rng.randint(0, vocab, (rows, length))
        expect_loss(student, rng, spread * rng.randn(vocab, vocab), ids)


@exercise("first_loss")
def test_loss_of_logits_far_from_zero(student, rng):
    vocab = rng.randint(9, 40)
    table, ids = 300 + 200 * rng.randn(vocab, vocab), rng.randint(0, vocab, (3, 6))
    expect_loss(student, rng, table, ids)
    expect_loss(student, rng, table, ids, "bfloat16")
    expected = F.cross_entropy(table[ids[:, :-1]].flatten(0, 1), ids[:, 1:].flatten())
    assert torch.isfinite(expected)
