"""Checks of `running_mean`."""

import torch
from attention_oracles import compare, expect_each_anew, expect_gradients, expect_right, means

from autograder.checks import exercise

NAME = "running_mean"


@exercise(NAME, points=2)
def test_running_mean_docstring_example(student, rng):
    x = torch.tensor([[[1.0, 10], [3, 20], [8, 60]]])
    expect_right(student, NAME, [x], "The running means of the docstring's text")
    expect_right(student, NAME, [rng.randn(3, rng.randint(6, 9), 5)], "The running means of three texts")


@exercise(NAME)
def test_texts_of_any_length(student, rng):
    for shape in ((1, 1, 4), (3, 1, 2), (2, 2, 3), (4, 4, 4), (1, 7, 1), (5, 2, 1)):
        expect_right(student, NAME, [1 + rng.randn(*shape)], "The running means of texts of another size")
    x = 1 + rng.randn(2, 12, 3)
    x[:, rng.randint(1, 5)] = 0
    expect_right(student, NAME, [x], "The running means of a text with a token of zeros")


@exercise(NAME)
def test_the_future_changes_nothing(student, rng):
    x, seen = rng.randn(2, 7, 3), rng.randint(2, 5)
    expect_right(student, NAME, [x], "The running means")
    other = x.clone()
    other[:, seen:] += 5 + rng.rand(2, 7 - seen, 3)
    got = student.running_mean(other)
    compare(
        got[:, :seen] if isinstance(got, torch.Tensor) else got, means(x)[:, :seen], "The means before what changed"
    )
    compare(got, means(other), "The running means after later rows have changed")


@exercise(NAME)
def test_each_text_by_itself(student, rng):
    x = rng.randn(4, 5, 3)
    order = [2, 0, 3, 1]
    expect_right(student, NAME, [x], "The running means of four texts")
    compare(student.running_mean(x[order]), means(x)[order], "The running means after swapping the texts")


@exercise(NAME)
def test_the_gradient_reaches_the_rows_that_were_averaged(student, rng):
    x, upstream = rng.randn(2, 5, 3), rng.randn(2, 5, 3)
    expect_gradients(
        student,
        NAME,
        [x],
        {0: "No gradient reaches x."},
        upstream,
        wrong={
            "The gradient goes to the row itself alone; each mean holds the rows before it too.": lambda x: (
                means(x.detach()) + (x - x.detach()) / torch.arange(1, 6)[:, None]
            )
        },
    )


@exercise(NAME)
def test_means_in_any_dtype_and_anew(student, rng):
    calls = [[3 * rng.randn(3, 6, 7)] for _ in range(3)]
    expect_each_anew(student, NAME, calls, "The running means of another call")
    expect_right(student, NAME, [calls[0][0].double()], "The running means in fp64")
    expect_right(student, NAME, [rng.randn(2, 6, 4).bfloat16()], "The running means in bf16")
