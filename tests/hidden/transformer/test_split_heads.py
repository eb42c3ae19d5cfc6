"""Hidden checks of `split_heads`."""

import torch
from transformer_oracles import cut, expect_gradients, expect_split, split_mistakes, uncuttable_heads

from autograder.checks import exercise, in_drawn_order


@exercise("split_heads")
def test_heads_of_every_dtype(student, rng):
    for dtype in rng.permutation((torch.float64, torch.bfloat16, torch.float16)):
        expect_split(student, rng.randn(3, 4, 10).to(dtype), 5, "The heads in another dtype")
    for shape, heads in rng.permutation((((1, 6, 8), 8), ((4, 1, 9), 3), ((1, 1, 1), 1), ((2, 6, 12), 6))):
        expect_split(student, rng.randn(*shape), heads, "The heads of few tokens or many heads")


@exercise("split_heads")
def test_moved_texts_and_columns_move_the_heads(student, rng):
    x = rng.randn(4, 5, 6)
    texts, tokens = rng.permutation(range(4)), rng.permutation(range(5))
    columns = [2, 3, 4, 5, 0, 1]  # the parts of three heads, moved on
    for moved in rng.permutation((x[texts], x[:, tokens], x[..., columns])):
        expect_split(student, moved, 3, "The heads after texts, tokens or columns were moved")


@exercise("split_heads")
def test_what_no_width_can_be_cut_into(student, rng):
    width = 2 * rng.randint(8, 14)
    x = rng.randn(1, 2, width)
    in_drawn_order(
        rng,
        *uncuttable_heads(rng, lambda heads: student.split_heads(x, heads), "split_heads", width),
        lambda: expect_split(student, x, width // 2, "Heads of two numbers"),
        lambda: expect_split(student, x, 1, "A single head"),
    )


@exercise("split_heads")
def test_the_gradient_of_one_head_and_many(student, rng):
    for heads in rng.permutation((1, 6)):
        x = rng.randn(2, 3, 6)
        upstream = rng.randn(2, heads, 3, 6 // heads)
        expect_gradients(student, "split_heads", cut, [x, heads], upstream, split_mistakes(x, heads))
