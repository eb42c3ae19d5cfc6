"""Checks of `merge_heads`."""

import torch
from transformer_oracles import expect_gradients, expect_merged, joined, merge_mistakes

from autograder.checks import exercise

EARLIER = "What an earlier call gave is given again."


@exercise("merge_heads", points=2)
def test_merge_heads_docstring_example(student, rng):
    expect_merged(student, torch.tensor([[[[1.0, 2], [5, 6]], [[3, 4], [7, 8]]]]), "The docstring's heads, merged,")
    expect_merged(student, rng.randn(2, 3, rng.choice([5, 7]), 4), "The merged heads of two texts")


@exercise("merge_heads")
def test_heads_lie_in_memory_in_any_order(student, rng):
    x = rng.randn(2, 3, 5, 4)
    for order in rng.permutation(([0, 1, 2, 3], [0, 2, 1, 3], [0, 1, 3, 2], [1, 0, 2, 3], [3, 2, 1, 0])):
        expect_merged(student, x + rng.randint(1, 9), "The merged heads", order)


@exercise("merge_heads")
def test_the_gradient_goes_through_the_merged_heads(student, rng):
    x, upstream = rng.randn(2, 4, 5, 3), rng.randn(2, 5, 12)
    expect_gradients(student, "merge_heads", joined, [x], upstream, merge_mistakes(x))


@exercise("merge_heads")
def test_one_head_one_token_another_tensor(student, rng):
    first = rng.randn(2, 3, 5, 2)
    expect_merged(student, first, "The merged heads")
    second = rng.randn(2, 3, 5, 2)
    expect_merged(student, second, "The merged heads of another tensor", also={EARLIER: joined(first)})
    for shape in ((2, 1, 5, 3), (1, 3, 1, 4), (3, 2, 4, 1), (1, 1, 1, 1)):
        expect_merged(student, rng.randn(*shape).double(), "The merged heads of few sizes")
