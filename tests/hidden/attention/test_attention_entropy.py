"""Hidden checks of `attention_entropy`."""

import math

import torch
from attention_oracles import compare, entropy, expect_right, mistakes_of, softly

from autograder.checks import Mistakes, exercise

NAME = "attention_entropy"


@exercise(NAME)
def test_it_is_what_a_loop_gives(student, rng):
    weights = softly(3 * rng.randn(2, 3, 5).double())
    weights[0, 1, 2:4] = 0
    rows = [[-sum(p * math.log(p) for p in row if p) for row in text] for text in weights.tolist()]
    compare(
        student.attention_entropy(weights),
        torch.tensor(rows, dtype=torch.float64),
        "The entropy",
        mistakes=Mistakes(lambda: mistakes_of(NAME, [weights])),
    )


@exercise(NAME)
def test_rows_of_zeros_anywhere(student, rng):
    weights = softly(rng.randn(2, 4, 5))
    weights[0, rng.randint(0, 4)] = 0
    weights[1, :3] = 0
    expect_right(student, NAME, [weights], "The entropy where rows are zeros")
    expect_right(student, NAME, [torch.zeros(3, 4)], "The entropy of nothing but zeros")
    expect_right(student, NAME, [weights.double()[..., None]], "The entropy of rows of one key")
    expect_right(student, NAME, [softly(rng.randn(2, 3))], "The entropy")


@exercise(NAME)
def test_entropy_does_not_know_keys_by_name(student, rng):
    weights = softly(2 * rng.randn(3, 6).double())
    order = rng.permutation(list(range(6)))
    right = entropy(weights)
    compare(student.attention_entropy(weights[:, order]), right, "The entropy after moving keys")
    longer = torch.cat([weights, torch.zeros(3, 4, dtype=torch.float64)], dim=1)
    compare(student.attention_entropy(longer), right, "The entropy with keys that nobody looks at")
    halves = torch.cat([weights / 2, weights / 2], dim=1)
    compare(student.attention_entropy(halves), right + math.log(2), "The entropy with each key twice")


@exercise(NAME)
def test_weights_near_0_and_1(student, rng):
    small = 10.0 ** -rng.randint(3, 5)
    rows = [[1 - small, small, 0], [small, 0, 1 - small], [0, 1, 0], [1e-300, 1, 0]]
    weights = torch.tensor(rows, dtype=torch.float64)
    expect_right(student, NAME, [weights], "The entropy of weights near 0 and 1")
    expect_right(student, NAME, [softly(2 * rng.randn(2, 3, 4, 5, 6))], "The entropy of many dimensions")
