"""Hidden checks of `safe_softmax`."""

import math

import torch
from attention_oracles import compare, expect_gradients, expect_right, mistakes_of, softly

from autograder.checks import Mistakes, exercise

NAME = "safe_softmax"
INF = math.inf


@exercise(NAME)
def test_it_is_torchs_softmax_where_that_is_defined(student, rng):
    scores = 3 * rng.randn(2, 3, 4, 5).double()
    scores[0, 1, :2, 3] = -INF
    for dim in rng.permutation((-1, 1, 0, -2)):
        compare(
            student.safe_softmax(scores, dim),
            torch.softmax(scores, dim),
            "The weights",
            mistakes=Mistakes(lambda dim=dim: mistakes_of(NAME, [scores, dim])),
        )
    compare(student.safe_softmax(scores=scores, dim=1), torch.softmax(scores, 1), "The weights, all given by name,")


@exercise(NAME)
def test_one_entry_and_none(student, rng):
    scores = rng.randn(4, 1)
    scores[2] = -INF
    expect_right(student, NAME, [scores], "The weights of one score", told=())
    expect_right(student, NAME, [scores, 0], "The weights of a column", told=())
    expect_right(student, NAME, [torch.full((1,), -INF)], "The weight of -inf alone", told=())
    expect_right(student, NAME, [rng.randn(0, 3)], "The weights of no rows")


@exercise(NAME)
def test_a_constant_changes_nothing(student, rng):
    scores = 2 * rng.randn(3, 5).double()
    scores[1, 1:3] = -INF
    right = torch.softmax(scores, -1)
    for constant in rng.permutation((-5e3, 5e3, 1e4, -1e4)):
        compare(
            student.safe_softmax(scores + constant),
            torch.softmax(scores + constant, -1),
            "The weights after adding a constant",
            mistakes=Mistakes(lambda constant=constant: mistakes_of(NAME, [scores + constant])),
        )
    compare(student.safe_softmax(scores), right, "The weights")


@exercise(NAME)
def test_scores_at_the_ends_of_a_dtype(student, rng):
    for dtype in rng.permutation((torch.float16, torch.float32, torch.float64, torch.bfloat16)):
        high, low = torch.finfo(dtype).max, torch.finfo(dtype).min
        middle = float(rng.randint(-9, 9))
        rows = [[low, low, -INF], [high, low, middle], [middle, -INF, low], [-INF] * 3, [high] * 3]
        scores = torch.tensor(rows, dtype=dtype)
        expected = torch.tensor([[0.5, 0.5, 0], [1, 0, 0], [1, 0, 0], [0, 0, 0], [1 / 3] * 3], dtype=torch.float64)
        compare(student.safe_softmax(scores), expected.to(dtype), "The weights of the greatest and least numbers")
    expect_right(student, NAME, [rng.randn(3, 4)], "The weights of drawn scores")


@exercise(NAME)
def test_the_gradient_along_another_dimension(student, rng):
    scores, upstream = 2 * rng.randn(4, 3, 5), rng.randn(4, 3, 5)
    scores[:, 1, 2] = scores[2, 0] = scores[3, :, 0] = -INF
    cut = {0: "No gradient reaches the scores."}
    for dim in rng.permutation((0, 1, -1)):
        expect_gradients(student, NAME, [scores, dim], cut, upstream)
    expect_gradients(student, NAME, [1e4 + scores.double()], cut, upstream.double())


@exercise(NAME)
def test_a_row_does_not_move_its_neighbours(student, rng):
    scores = rng.randn(4, 5)
    expect_right(student, NAME, [scores], "The weights")
    for far in rng.permutation((1e4, -1e4, -INF, 3e38)):
        moved = scores.clone()
        moved[2] = far
        compare(student.safe_softmax(moved), softly(moved.double()).float(), "The weights beside a row of extremes")
