"""Checks of `attention_scores`."""

import torch
from attention_oracles import (
    compare,
    expect_each_anew,
    expect_gradients,
    expect_right,
    mistakes_of,
    other_widths,
    scored,
)

from autograder.checks import Mistakes, exercise, expect_accepted, in_drawn_order

NAME = "attention_scores"


@exercise(NAME, points=2)
def test_attention_scores_docstring_example(student, rng):
    q, k = torch.tensor([[1.0, 0], [0, 2]]), torch.tensor([[1.0, 1], [0, 1]])
    expect_right(student, NAME, [q, k], "The scores of the docstring's example")
    width = rng.randint(5, 8)
    expect_right(student, NAME, [rng.randn(2, 3, width), rng.randn(2, 4, width)], "The scores of two texts")


@exercise(NAME)
def test_scores_are_divided_by_the_root_of_the_heads_own_width(student, rng):
    for heads, width in rng.permutation(((4, 6), (2, 16), (3, 10), (5, 3))):
        q, k = rng.randn(2, heads, 5, width), rng.randn(2, heads, 7, width)
        expect_right(student, NAME, [q, k], "The scores of several heads")


@exercise(NAME)
def test_scores_of_any_leading_dimensions(student, rng):
    shapes = (
        ((), 5, 5),
        ((), 1, 4),
        ((3,), 2, 6),
        ((1,), 6, 2),
        ((2, 4), 4, 4),
        ((2, 1, 3), 4, 1),
        ((1, 1, 1, 2), 3, 5),
    )
    for leading, queries, keys in shapes:
        q, k = rng.randn(*leading, queries, 3), rng.randn(*leading, keys, 3)
        with expect_accepted("It raises an error for another number of leading dimensions, or of queries than keys."):
            got = student.attention_scores(q, k)
        compare(
            got,
            scored(q, k),
            "The scores with other leading dimensions",
            mistakes=Mistakes(lambda q=q, k=k: mistakes_of(NAME, [q, k])),
        )


@exercise(NAME)
def test_a_row_belongs_to_a_query(student, rng):
    q, k = rng.randn(2, 4, 5), rng.randn(2, 4, 5)
    order = rng.permutation((2, 0, 3, 1))
    expect_right(student, NAME, [q, k], "The scores of as many queries as keys")
    compare(student.attention_scores(q[:, order], k), scored(q, k)[:, order], "The scores after moving queries")
    compare(
        student.attention_scores(q, k[:, order]),
        scored(q, k)[..., order],
        "The scores after moving keys",
        mistakes={"The keys of an earlier call are used.": scored(q, k)},
    )
    expect_right(student, NAME, [q, q], "The scores of queries that are the keys")


@exercise(NAME)
def test_queries_and_keys_of_different_widths_are_an_error(student, rng):
    one, other = rng.permutation((rng.randint(21, 30), rng.randint(31, 40)))
    call = student.attention_scores

    def asked(queries, keys, *leading):
        q, k = rng.randn(*leading, 3, queries), rng.randn(*leading, 4, keys)
        return other_widths(lambda: call(q, k), NAME, queries, keys)

    in_drawn_order(
        rng,
        asked(one, other, 2),
        asked(one + 50, one, 2),
        asked(one, 61),
        lambda: expect_right(student, NAME, [rng.randn(2, 3, one), rng.randn(2, 4, one)], "The scores of one width"),
        lambda: expect_right(student, NAME, [rng.randn(3, other), rng.randn(4, other)], "The scores of one width"),
    )


@exercise(NAME)
def test_the_gradient_reaches_queries_and_keys(student, rng):
    q, k, upstream = rng.randn(2, 3, 5), rng.randn(2, 4, 5), rng.randn(2, 3, 4)
    expect_gradients(
        student,
        NAME,
        [q, k],
        {0: "No gradient reaches the queries.", 1: "No gradient reaches the keys."},
        upstream,
        wrong={
            "The gradient isn't divided by the root of the width, as the scores are.": lambda q, k: q @ k.mT,
            "Something else than the dot products passes a gradient on.": lambda q, k: (
                scored(q, k) + 0.1 * (q.sum() - q.sum().detach())
            ),
        },
    )


@exercise(NAME)
def test_scores_in_any_dtype_and_anew(student, rng):
    calls = [[rng.randn(3, 5, 6), rng.randn(3, 7, 6)] for _ in range(3)]
    expect_each_anew(student, NAME, calls, "The scores of another call")
    calls = [[rng.randn(3, 5, width), rng.randn(3, 7, width)] for width in rng.permutation((3, 12, 8))]
    expect_each_anew(student, NAME, calls, "The scores of another width")
    expect_right(student, NAME, [one.double() for one in calls[0]], "The scores in fp64")
    expect_right(student, NAME, [one.bfloat16() for one in calls[1]], "The scores in bf16")
