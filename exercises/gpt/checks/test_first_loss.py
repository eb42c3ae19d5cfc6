"""Checks of `first_loss`."""

import math

import torch
from gpt_function_oracles import expect_loss, loss_of

from autograder.checks import exercise, expect_accepted, expect_close, in_drawn_order, rejected


@exercise("first_loss")
def test_loss_of_the_next_token(student, rng):
    vocab = rng.randint(40, 90)
    ids = rng.randint(0, vocab, (rng.randint(2, 4), rng.randint(4, 8)))
    ids[0, 1] = 0
    expect_loss(student, rng, 2 * rng.randn(vocab, vocab), ids)
    answer = student.run(loss_of, torch.zeros(vocab, vocab), ids, "float32", [True] * 5, True)
    expect_close(answer["loss"], math.log(vocab), what="The loss", rtol=1e-5)


@exercise("first_loss")
def test_loss_in_float32_at_least(student, rng):
    vocab = rng.randint(20, 60)
    table, ids = 5 * rng.randn(vocab, vocab), rng.randint(0, vocab, (3, 5))
    for dtype in rng.permutation(["bfloat16", "float64"]):
        expect_loss(student, rng, table, ids, dtype)


@exercise("first_loss")
def test_loss_of_a_text_without_a_next_token(student, rng):
    vocab = rng.randint(20, 60)
    table = rng.randn(vocab, vocab)
    unnamed = "The error for a text that is too short doesn't name its length."

    def refused(length):
        ids = rng.randint(0, vocab, (2, length))
        return rejected(
            lambda: student.run(loss_of, table, ids, "float32", [True] * 5, True),
            "A text of fewer than 2 tokens",
            length,
            unnamed=unnamed,
        )

    def taken():
        with expect_accepted("ValueError is raised although there is a next token.", "ValueError"):
            expect_loss(student, rng, table, rng.randint(1, vocab, (3, 2)))

    in_drawn_order(rng, refused(1), refused(0), taken)
