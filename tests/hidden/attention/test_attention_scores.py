"""Hidden checks of `attention_scores`."""

import math

import torch
from attention_oracles import compare, expect_gradients, expect_right, mistakes_of, other_widths, scored

from autograder.checks import Mistakes, exercise, in_drawn_order

NAME = "attention_scores"


@exercise(NAME)
def test_scores_are_what_loops_give(student, rng):
    q, k = rng.randn(2, 3, 5), rng.randn(2, 4, 5)
    rows = [
        [[sum(a * b for a, b in zip(one, other, strict=True)) / math.sqrt(5) for other in keys] for one in queries]
        for queries, keys in zip(q.tolist(), k.tolist(), strict=True)
    ]
    mistakes = Mistakes(lambda: mistakes_of(NAME, [q, k]))
    compare(student.attention_scores(q, k), torch.tensor(rows), "The scores", mistakes=mistakes)


@exercise(NAME)
def test_widths_of_one_and_many(student, rng):
    for width in rng.permutation((1, 2, 13, 96)):
        for leading in ((), (2, width)):
            expect_right(
                student, NAME, [rng.randn(*leading, 3, width), rng.randn(*leading, 5, width)], "The scores of a width"
            )


@exercise(NAME)
def test_scores_are_linear(student, rng):
    q, other, k = rng.randn(2, 3, 6).double(), rng.randn(2, 3, 6).double(), rng.randn(2, 4, 6).double()
    compare(student.attention_scores(2 * q - 3 * other, k), 2 * scored(q, k) - 3 * scored(other, k), "The scores")
    compare(student.attention_scores(100 * q, -100 * k), -1e4 * scored(q, k), "The scores of long vectors")
    expect_right(student, NAME, [torch.zeros(2, 3, 6), k.float()], "The scores of queries of zeros")


@exercise(NAME)
def test_one_width_is_no_other(student, rng):
    call = student.attention_scores

    def asked(queries, keys, *leading):
        q, k = rng.randn(*leading, 2, queries), rng.randn(*leading, 3, keys)
        return other_widths(lambda: call(q, k), NAME, queries, keys)

    width = rng.randint(41, 60)
    in_drawn_order(
        rng,
        asked(width, 1),  # would broadcast where products are taken one by one
        asked(1, width, 2),
        asked(width, width + 1, 4, 3),
        asked(2 * width, width, 2),
        lambda: expect_right(student, NAME, [rng.randn(2, width), rng.randn(3, width)], "The scores of one width"),
        lambda: expect_right(student, NAME, [rng.randn(4, 3, 2, 1), rng.randn(4, 3, 3, 1)], "The scores of width 1"),
    )


@exercise(NAME)
def test_the_gradient_of_several_heads(student, rng):
    q, k, upstream = rng.randn(2, 3, 4, 5).double(), rng.randn(2, 3, 2, 5).double(), rng.randn(2, 3, 4, 2).double()
    cut = {0: "No gradient reaches the queries.", 1: "No gradient reaches the keys."}
    expect_gradients(student, NAME, [q, k], cut, upstream)
    expect_gradients(student, NAME, [q[0, 0].float(), k[0, 0].float()], cut, upstream[0, 0].float())
