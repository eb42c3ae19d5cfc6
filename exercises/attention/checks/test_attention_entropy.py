"""Checks of `attention_entropy`."""

import math

import torch
from attention_oracles import compare, entropy, expect_each_anew, expect_right, mistakes_of, softly, some_mask

from autograder.checks import Mistakes, exercise, expect_accepted

NAME = "attention_entropy"


@exercise(NAME, points=2)
def test_attention_entropy_docstring_example(student, rng):
    weights = torch.tensor([[0.5, 0.5], [1, 0], [0.25, 0.75], [0, 0]])
    expect_right(student, NAME, [weights[:3]], "The entropy of the docstring's weights")
    with expect_accepted("It raises an error for a row of zeros; that has 0.", "ValueError"):
        expect_right(student, NAME, [weights], "The entropy of the docstring's weights")
    expect_right(student, NAME, [softly(2 * rng.randn(2, 4, 6))], "The entropy of two texts' weights")


@exercise(NAME)
def test_masked_weights_count_as_nothing(student, rng):
    scores, mask = rng.randn(2, 4, 5), some_mask(rng, 2, 4, 5)
    mask[0, 2] = mask[1, 0] = False
    weights = softly(scores, allowed=mask)
    expect_right(student, NAME, [weights], "The entropy of masked weights")
    expect_right(student, NAME, [weights.double()], "The entropy of masked weights in fp64")


@exercise(NAME)
def test_one_key_or_n_alike(student, rng):
    size = rng.randint(5, 9)
    order = rng.permutation(list(range(size)))
    weights = torch.stack([torch.tensor([1 / n] * n + [0.0] * (size - n)) for n in range(1, size + 1)])[:, order]
    expected = torch.tensor([math.log(n) for n in range(1, size + 1)])
    compare(
        student.attention_entropy(weights),
        expected,
        "The entropy of queries that look at one key, at two alike, and so on,",
        mistakes=Mistakes(lambda: mistakes_of(NAME, [weights])),
    )
    compare(student.attention_entropy(weights.flip(0)), expected.flip(0), "The entropy of the same rows in reverse")


@exercise(NAME)
def test_entropy_of_any_leading_dimensions(student, rng):
    for shape in ((6,), (1,), (3, 5), (2, 3, 4), (2, 1, 4, 3), (1, 1, 1, 2), (3, 2, 1)):
        weights = softly(2 * rng.randn(*shape))
        with expect_accepted("It raises an error for another number of leading dimensions."):
            got = student.attention_entropy(weights)
        compare(
            got,
            entropy(weights),
            "The entropy with other leading dimensions",
            mistakes=Mistakes(lambda weights=weights: mistakes_of(NAME, [weights])),
        )


@exercise(NAME)
def test_entropy_of_tiny_weights(student, rng):
    sharp = softly(20 * rng.randn(3, 6).double())
    sharp[1, 2] = 0
    expect_right(student, NAME, [sharp], "The entropy of sharp weights")
    even = torch.full((2, 300), 1 / 300, dtype=torch.float64)
    even[1, : 100 + rng.randint(0, 20)] = 0
    expect_right(student, NAME, [even], "The entropy of many small weights")


@exercise(NAME)
def test_entropy_in_any_dtype_and_anew(student, rng):
    calls = [[softly(2 * rng.randn(3, 5, 7))] for _ in range(3)]
    expect_each_anew(student, NAME, calls, "The entropy of another call")
    expect_right(student, NAME, [calls[0][0].double()], "The entropy in fp64")
    for dtype in (torch.bfloat16, torch.float16):
        expect_right(student, NAME, [calls[1][0].to(dtype)], "The entropy in 16 bits")
