"""Hidden checks of `running_mean`."""

import torch
from attention_oracles import compare, expect_gradients, expect_right, means

from autograder.checks import exercise

NAME = "running_mean"


@exercise(NAME)
def test_it_is_a_triangle_times_x(student, rng):
    length = rng.randint(40, 60)
    x = rng.randn(2, length, 3).double()
    triangle = torch.ones(length, length, dtype=torch.float64).tril()
    triangle = triangle / triangle.sum(dim=1, keepdim=True)
    compare(student.running_mean(x), triangle @ x, "The running means of long texts")
    expect_right(student, NAME, [x.float()], "The running means of long texts in fp32")


@exercise(NAME)
def test_rows_that_are_alike(student, rng):
    row = rng.randn(3, 1, 4)
    compare(student.running_mean(row.expand(3, 6, 4)), row.expand(3, 6, 4), "The running means of rows that are alike")
    x = rng.randn(3, 6, 4)
    compare(student.running_mean(x + 100 * row), means((x + 100 * row).double()).float(), "The means of large rows")
    expect_right(student, NAME, [rng.randn(5, 5, 5)], "The running means where B, T and D are equal")


@exercise(NAME)
def test_the_gradient_of_the_last_mean(student, rng):
    x, upstream = rng.randn(3, 6, 2), torch.zeros(3, 6, 2)
    upstream[:, -1] = rng.randn(3, 2)
    upstream[1, 2] = rng.randn(2)
    expect_gradients(student, NAME, [x], {0: "No gradient reaches x."}, upstream)
    expect_gradients(student, NAME, [x.double()], {0: "No gradient reaches x."}, upstream.double())
