"""Checks of `reconstruction_error`."""

import torch
from quantization_oracles import (
    expect_errors_of_halves,
    expect_errors_of_sizes,
    expect_errors_of_zeros,
    expect_relative_error,
)

from autograder.checks import exercise, expect_close, fail, in_drawn_order, rejected


@exercise("reconstruction_error")
def test_reconstruction_error_docstring_examples(student, rng):
    w = torch.tensor([3.0, 4.0])
    expect_close(
        [student.reconstruction_error(w, torch.tensor(w_hat)) for w_hat in ([3.0, 3.0], [4.0, 3.0])],
        [0.2, 2**0.5 / 5],
        what="reconstruction_error of the docstring's examples",
        mistakes={
            "It averages signed errors, which cancel out.": [0.5 / (12.5**0.5), 0.0],
            "It averages signed errors, which cancel out, and not relative to w.": [0.5, 0.0],
            "The error is not divided by the size of w.": [0.5**0.5, 1.0],
            "The root is missing: it is the ratio of the squares.": [0.04, 0.08],
            "It takes magnitudes instead of squares.": [1 / 7, 2 / 7],
            "It takes the largest error instead of the root of the sum of squares.": [1 / 4, 1 / 4],
            "It is relative to w_hat instead of w.": [1 / 18**0.5, 2**0.5 / 5],
            "The norm of the error is not divided by that of w.": [1.0, 2**0.5],
            "It averages each number's own relative error.": [1 / 8, (1 / 3 + 1 / 4) / 2],
        },
        advice="‖w - w_hat‖ / ‖w‖, with ‖·‖ the root of the sum of squares.",
    )
    expect_relative_error(student, rng, (rng.randint(3, 6),))


@exercise("reconstruction_error")
def test_errors_of_random_numbers(student, rng):
    for size in (1e-3, 0.3):
        expect_relative_error(student, rng, (5, 7), size)
    w = rng.randn(5, 7)
    same = student.reconstruction_error(w, w)
    expect_close(same, 0.0, what="reconstruction_error of a tensor and itself")
    if not isinstance(same, float):
        fail("reconstruction_error must return a Python float.", expected="float", got=type(same).__name__)


@exercise("reconstruction_error")
def test_neither_size_nor_dtype_matters(student, rng):
    expect_relative_error(student, rng, (5, 7))
    expect_errors_of_sizes(student, rng, (4, 5), [-40])
    expect_errors_of_halves(student, rng, 30)


@exercise("reconstruction_error")
def test_zeros_against_zeros(student, rng):
    expect_relative_error(student, rng, (5, 7))
    expect_errors_of_zeros(student, (3,))


@exercise("reconstruction_error")
def test_shapes_must_agree(student, rng):
    n = rng.randint(3, 7)
    w = rng.randn(n)
    in_drawn_order(
        rng,
        *(
            rejected(
                lambda shape=shape: student.reconstruction_error(w, rng.randn(*shape)),
                "reconstruction_error of shapes that only broadcast",
                advice=f"Here w is of shape {(n,)} and w_hat of shape {shape}.",
            )
            for shape in ((n, 1), (1, n), (1,), (n, n))
        ),
        lambda: expect_relative_error(student, rng, (n,)),
        lambda: expect_relative_error(student, rng, (n, n)),
    )
