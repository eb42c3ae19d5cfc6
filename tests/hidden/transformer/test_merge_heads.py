"""Hidden checks of `merge_heads`."""

import torch
from transformer_oracles import cut, expect_gradients, expect_merged, joined, merge_mistakes

from autograder.checks import exercise


@exercise("merge_heads")
def test_merged_heads_of_every_dtype(student, rng):
    for dtype in rng.permutation((torch.float64, torch.bfloat16, torch.float16)):
        expect_merged(student, rng.randn(2, 5, 4, 3).to(dtype), "The merged heads in another dtype")
    for shape in rng.permutation(((1, 6, 2, 3), (2, 2, 2, 2), (3, 1, 1, 5), (1, 4, 5, 1))):
        expect_merged(student, rng.randn(*shape), "The merged heads of few tokens or heads")


@exercise("merge_heads")
def test_what_was_cut_is_whole_again(student, rng):
    for heads in rng.permutation((2, 3, 6)):
        x = rng.randn(3, 5, 12)
        expect_merged(student, cut(x, heads), "What was cut, merged,", [0, 2, 1, 3])
        expect_merged(student, cut(x, heads) + 1, "What was cut, merged,")


@exercise("merge_heads")
def test_moved_heads_in_any_memory(student, rng):
    x = rng.randn(3, 4, 5, 2)
    for moved in rng.permutation((x[:, rng.permutation(range(4))], x[rng.permutation(range(3))], x.flip(2))):
        expect_merged(student, moved, "The merged heads after they were moved")
        expect_merged(
            student, moved, "The merged heads after they were moved", rng.choice([[2, 1, 0, 3], [1, 2, 3, 0]])
        )


@exercise("merge_heads")
def test_the_gradient_of_a_single_head_and_text(student, rng):
    for shape in rng.permutation(((1, 1, 4, 3), (1, 5, 2, 1), (2, 3, 1, 2))):
        x = rng.randn(*shape)
        upstream = rng.randn(shape[0], shape[2], shape[1] * shape[3])
        expect_gradients(student, "merge_heads", joined, [x], upstream, merge_mistakes(x))
