"""Checks of `similarity_attention`."""

import torch
from attention_oracles import compare, expect_each_anew, expect_gradients, expect_right, similar, softly

from autograder.checks import exercise, expect_accepted

NAME = "similarity_attention"


@exercise(NAME, points=2)
def test_similarity_attention_docstring_example(student, rng):
    with expect_accepted("x.T turns all dimensions round; x.mT turns those of each text.", "RuntimeError"):
        expect_right(student, NAME, [torch.tensor([[[1.0, 0], [0, 2]]])], "The averages of the docstring's X")
        expect_right(student, NAME, [rng.randn(3, rng.randint(5, 8), 4)], "The averages of three texts")


@exercise(NAME)
def test_averages_of_any_size(student, rng):
    for shape in ((1, 1, 3), (2, 6, 1), (3, 3, 3), (1, 4, 12), (2, 2, 5)):
        expect_right(student, NAME, [rng.randn(*shape)], "The averages of texts of another size")


@exercise(NAME)
def test_each_text_is_averaged_by_itself(student, rng):
    x = rng.randn(4, 5, 3)
    order = [2, 0, 3, 1]
    expect_right(student, NAME, [x], "The averages of four texts")
    compare(
        student.similarity_attention(x[order]),
        similar(x)[order],
        "The averages after swapping the texts",
        mistakes={"The weights of an earlier call are used.": softly(x @ x.mT) @ x[order]},
    )


@exercise(NAME)
def test_the_order_of_tokens_does_not_matter(student, rng):
    x = rng.randn(2, 6, 4)
    order = rng.permutation((3, 1, 5, 0, 2, 4))
    expect_right(student, NAME, [x], "The averages")
    compare(
        student.similarity_attention(x[:, order]), similar(x)[:, order], "The averages after moving tokens elsewhere"
    )


@exercise(NAME)
def test_long_vectors(student, rng):
    x = rng.randn(2, 5, 4)
    expect_right(student, NAME, [x + 60 * torch.sign(x)], "The averages of long vectors")
    short = 0.05 * rng.randn(2, 5, 4)
    expect_right(student, NAME, [short + 1], "The averages of vectors that are nearly alike")


@exercise(NAME)
def test_the_gradient_goes_by_way_of_the_weights_too(student, rng):
    x, upstream = rng.randn(2, 4, 3), rng.randn(2, 4, 3)

    def values_only(x):
        return softly(x.detach() @ x.detach().mT) @ x

    def weights_only(x):
        return similar(x) - similar(x.detach()) + softly(x @ x.mT).detach() @ (x.detach() - x)

    def keys_cut(x):
        return softly(x @ x.detach().mT) @ x

    def queries_cut(x):
        return softly(x.detach() @ x.mT) @ x

    expect_gradients(
        student,
        NAME,
        [x],
        {0: "No gradient reaches x."},
        upstream,
        wrong={
            "The weights are cut off from the gradient; x decides them too.": values_only,
            "The values are cut off from the gradient; only the weights pass it on.": weights_only,
            "One of the two sides of the scores is cut off from the gradient.": (keys_cut, queries_cut),
        },
    )


@exercise(NAME)
def test_averages_in_any_dtype_and_anew(student, rng):
    calls = [[rng.randn(3, 6, 7) / 2] for _ in range(3)]
    expect_each_anew(student, NAME, calls, "The averages of another call")
    expect_right(student, NAME, [rng.randn(2, 5, 3).double()], "The averages in fp64")
    expect_right(student, NAME, [rng.randn(2, 5, 3).bfloat16() / 2], "The averages in bf16")
