"""Checks of `safe_softmax`."""

import math

import torch
from attention_oracles import ADVICE, compare, expect_each_anew, expect_gradients, expect_right, mistakes_of, softly

from autograder.checks import AnyOf, Mistakes, exercise, expect_accepted, fail

NAME = "safe_softmax"
FILLS = (-1e4, -1e9, -1e5, -65504.0, -1e6, -1e8, -1e10)  # what may stand for -inf
INF = math.inf


@exercise(NAME, points=2)
def test_safe_softmax_docstring_example(student, rng):
    scores = torch.tensor([[0, math.log(3), -INF], [-1e4, -1e4, -1e4], [-INF, -INF, -INF]])
    with expect_accepted("It raises an error for a row that is -inf throughout; it must give zeros.", "ValueError"):
        expect_right(student, NAME, [scores], "The weights of the docstring's scores")
    expect_right(student, NAME, [2 * rng.randn(4, 6)], "The weights of drawn scores")


@exercise(NAME)
def test_scores_of_any_size(student, rng):
    scores = 2 * rng.randn(5, 7)
    for offset in rng.permutation((1e4, -1e4, 2e3)):
        expect_right(student, NAME, [scores + offset], "The weights of scores far from 0")
    offsets = torch.tensor(rng.permutation((1e4, -1e4, 0.0, 500.0, -3e3)))[:, None]
    expect_right(student, NAME, [scores + offsets], "The weights of rows whose scores differ in size")
    expect_right(student, NAME, [40 * rng.randn(5, 7)], "The weights of scores far apart")


@exercise(NAME)
def test_the_weights_sum_to_1_along_dim(student, rng):
    scores = rng.randn(3, 4, 5)
    for dim in rng.permutation((0, 1, 2, -1, -2, -3)):
        refused = "" if dim >= 0 else "It raises an error for a negative dim, which counts from the last."
        with expect_accepted(refused, "ValueError"):
            expect_right(student, NAME, [scores, dim], "The weights along a dimension")
    expect_right(student, NAME, [scores], "The weights along the last dimension")
    expect_right(student, NAME, [rng.randn(6)], "The weights of a single row")
    expect_right(student, NAME, [rng.randn(4, 4), 0], "The weights along the first dimension of a square")
    expect_right(student, NAME, [rng.randn(1, 5)], "The weights of one row in a batch")


@exercise(NAME)
def test_minus_inf_has_no_weight(student, rng):
    scores = 2 * rng.randn(6, 5)
    scores[0, 1:3] = scores[1, 4] = scores[2, 0] = -INF
    scores[3] = -INF
    scores[5, :4] = -INF
    expect_right(student, NAME, [scores], "The weights of rows with scores of -inf")
    got = student.safe_softmax(scores)
    compare(got, softly(scores.double()).float(), "The weights of rows with scores of -inf")
    if (got[scores == -INF] != 0).any():
        fail("A score of -inf gets a small weight; it must be exactly 0.", advice=ADVICE[NAME])
    # finite scores, however low, win against -inf
    low = torch.full((3, 4), -INF)
    low[0, 1], low[1, :2], low[2, 3] = -1e30, torch.tensor([-1e12, -1e12]), -2e4 - rng.randint(0, 99)
    expect_right(
        student,
        NAME,
        [low],
        "The weights of low scores beside -inf",
        also={
            "A finite number stands for -inf; scores may lie below it.": AnyOf(
                *(torch.softmax(low.masked_fill(low == -INF, fill), -1) for fill in FILLS),
                *(softly(low.clamp(min=fill)) for fill in FILLS),
            )
        },
    )


@exercise(NAME)
def test_rows_of_minus_inf_along_any_dimension(student, rng):
    scores = rng.randn(4, 3, 5)
    scores[:, 1, 2] = scores[2, 0] = scores[3, :, 0] = -INF
    for dim in rng.permutation((0, 1, 2)):
        expect_right(student, NAME, [scores, dim], "The weights where some are -inf throughout")
    expect_right(student, NAME, [torch.full((2, 3), -INF)], "The weights of nothing but -inf")
    expect_right(student, NAME, [rng.randn(2, 3)], "The weights of drawn scores")


@exercise(NAME)
def test_the_gradient_of_the_weights(student, rng):
    scores, upstream = rng.randn(5, 4), rng.randn(5, 4)
    scores[1, 2] = scores[2, 0] = -INF
    scores[3] = -INF
    scores[4] += 1e3
    greatest = (scores == scores.amax(dim=-1, keepdim=True)) & (scores > -INF)

    def sum_cut(scores):
        right = softly(scores)
        return right.detach() * torch.where(scores == -INF, torch.zeros_like(scores), scores - scores.detach()).exp()

    def own_only(scores):
        right, finite = softly(scores.detach()), scores.masked_fill(scores == -INF, 0)
        return right + right * (1 - right) * (finite - finite.detach())

    def greatest_cut(scores):
        return softly(torch.where(greatest, scores.detach(), scores))

    expect_gradients(
        student,
        NAME,
        [scores],
        {0: "No gradient reaches the scores."},
        upstream,
        wrong={
            "The sum is cut off from the gradient; every score of a row moves it.": sum_cut,
            "A score's gradient is that of its own weight alone; it moves the others of its row too.": own_only,
            "The greatest score is cut off from the gradient; it moves the weights too.": greatest_cut,
        },
    )


@exercise(NAME)
def test_weights_in_any_dtype_and_anew(student, rng):
    calls = [[3 * rng.randn(5, 9)] for _ in range(3)]
    expect_each_anew(student, NAME, calls, "The weights of another call")
    expect_right(student, NAME, [3 * rng.randn(4, 6).double()], "The weights in fp64")
    for dtype in (torch.bfloat16, torch.float16):
        scores = rng.randn(4, 6).to(dtype)
        scores[2, 3] = -INF
        with expect_accepted("It raises an error for scores of 16 bits."):
            got = student.safe_softmax(scores)
        mistakes = Mistakes(lambda scores=scores: mistakes_of(NAME, [scores]))
        compare(got, softly(scores.double()).to(dtype), "The weights in 16 bits", mistakes=mistakes)
