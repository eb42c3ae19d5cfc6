"""Hidden checks of `write_to_stream`."""

import torch
from attention_oracles import compare, expect_gradients, expect_right, written

from autograder.checks import exercise

NAME = "write_to_stream"


@exercise(NAME)
def test_each_number_of_the_stream(student, rng):
    stream, output, w_o = rng.randn(2, 3, 4), rng.randn(2, 3, 5), rng.randn(5, 4)
    expected = [
        [
            [
                was + sum(found * row[d] for found, row in zip(line, w_o.tolist(), strict=True))
                for d, was in enumerate(token)
            ]
            for token, line in zip(text, lines, strict=True)
        ]
        for text, lines in zip(stream.tolist(), output.tolist(), strict=True)
    ]
    compare(student.write_to_stream(stream, output, w_o), torch.tensor(expected), "The stream")
    expect_right(student, NAME, [stream, output, w_o], "The stream")


@exercise(NAME)
def test_heads_that_write_one_after_another(student, rng):
    stream = rng.randn(2, 3, 5).double()
    heads = [(rng.randn(2, 3, 4).double(), rng.randn(4, 5).double()) for _ in range(3)]
    expected = stream
    for output, w_o in heads:
        expected = written(expected, output, w_o)
        stream = student.write_to_stream(stream, output, w_o)
        compare(stream, expected, "The stream after another head")
        stream = stream.detach()


@exercise(NAME)
def test_square_matrices_and_few_numbers(student, rng):
    for batch, length, width, values in rng.permutation(((3, 2, 4, 4), (1, 1, 1, 1), (2, 1, 3, 7), (1, 5, 2, 2))):
        arguments = [rng.randn(batch, length, width), rng.randn(batch, length, values), rng.randn(values, width)]
        expect_right(student, NAME, arguments, "The stream")
        expect_right(student, NAME, [100 * arguments[0], *arguments[1:]], "A stream of large numbers")


@exercise(NAME)
def test_the_gradient_of_a_long_stream(student, rng):
    arguments = [rng.randn(3, 4, 6).double(), rng.randn(3, 4, 6).double(), rng.randn(6, 6).double()]
    cut = {
        0: "No gradient reaches the stream; it is what lets many layers train.",
        1: "No gradient reaches what the head gave.",
        2: "No gradient reaches w_o.",
    }
    expect_gradients(student, NAME, arguments, cut, rng.randn(3, 4, 6).double())
    expect_gradients(student, NAME, [arguments[0], 0 * arguments[1], arguments[2]], cut, rng.randn(3, 4, 6).double())
