"""Checks of `split_heads`."""

import torch
from transformer_oracles import cut, expect_gradients, expect_split, split_mistakes, uncuttable_heads

from autograder.checks import exercise, in_drawn_order

EARLIER = "What an earlier call gave is given again."


@exercise("split_heads", points=2)
def test_split_heads_docstring_example(student, rng):
    expect_split(student, torch.arange(1.0, 9).view(1, 2, 4), 2, "The docstring's heads")
    expect_split(student, rng.randn(2, rng.choice([5, 7]), 12), 3, "The heads of two texts")


@exercise("split_heads")
def test_any_divisor_is_a_number_of_heads(student, rng):
    for heads in rng.permutation((1, 2, 3, 6)):
        expect_split(student, rng.randn(rng.choice([2, 4]), 5, 6), heads, "The heads")
    expect_split(student, rng.randn(1, 1, 10), rng.choice([2, 5]), "The heads of one token")


@exercise("split_heads")
def test_heads_that_do_not_divide_the_width_are_an_error(student, rng):
    width = 2 * rng.randint(7, 12)
    x = rng.randn(2, 3, width)
    in_drawn_order(
        rng,
        *uncuttable_heads(rng, lambda heads: student.split_heads(x, heads), "split_heads", width),
        lambda: expect_split(student, x, 2, "Two heads"),
        lambda: expect_split(student, x, width, "As many heads as numbers"),
    )


@exercise("split_heads")
def test_the_gradient_goes_through_the_heads(student, rng):
    x, upstream = rng.randn(2, 5, 8), rng.randn(2, 4, 5, 2)
    expect_gradients(student, "split_heads", cut, [x, 4], upstream, split_mistakes(x, 4))


@exercise("split_heads")
def test_heads_are_those_of_this_call(student, rng):
    first, second = rng.randn(2, 5, 12), rng.randn(2, 5, 12)
    expect_split(student, first, 4, "The heads of one tensor")
    expect_split(student, second, 4, "The heads of another tensor", {EARLIER: cut(first, 4)})
    expect_split(student, second.double(), 3, "The heads in fp64", {EARLIER: cut(second.double(), 4)})
