"""Hidden checks of `similarity_attention`."""

import math

import torch
from attention_oracles import compare, expect_gradients, expect_right, mistakes_of, similar

from autograder.checks import Mistakes, exercise

NAME = "similarity_attention"


@exercise(NAME)
def test_it_is_what_loops_give(student, rng):
    x = rng.randn(2, 4, 3)
    expected = torch.zeros(2, 4, 3)
    for b, text in enumerate(x.tolist()):
        for i, one in enumerate(text):
            powers = [math.exp(sum(p * q for p, q in zip(one, other, strict=True))) for other in text]
            for power, other in zip(powers, text, strict=True):
                expected[b, i] += torch.tensor(other) * power / sum(powers)
    compare(
        student.similarity_attention(x), expected, "The averages", mistakes=Mistakes(lambda: mistakes_of(NAME, [x]))
    )


@exercise(NAME)
def test_tokens_that_are_alike(student, rng):
    row = rng.randn(3, 1, 4)
    compare(student.similarity_attention(row), row, "The average of one token")
    compare(student.similarity_attention(row.expand(3, 5, 4)), row.expand(3, 5, 4), "The averages of tokens alike")
    expect_right(student, NAME, [torch.zeros(2, 3, 4)], "The averages of zeros")
    x = rng.randn(2, 5, 4)
    x[:, 2] = 0
    expect_right(student, NAME, [x], "The averages with a token of zeros")


@exercise(NAME)
def test_turning_all_tokens_turns_the_averages(student, rng):
    x = rng.randn(2, 5, 4).double()
    turn = torch.linalg.qr(rng.randn(4, 4).double()).Q
    compare(student.similarity_attention(x @ turn), similar(x) @ turn, "The averages of vectors that were turned")
    compare(student.similarity_attention(-x), -similar(x), "The averages of vectors turned round")
    expect_right(student, NAME, [100 * x], "The averages of very long vectors")


@exercise(NAME)
def test_the_gradient_of_one_average(student, rng):
    x, upstream = rng.randn(3, 5, 2).double(), torch.zeros(3, 5, 2).double()
    upstream[:, 1] = rng.randn(3, 2).double()
    expect_gradients(student, NAME, [x], {0: "No gradient reaches x."}, upstream)
