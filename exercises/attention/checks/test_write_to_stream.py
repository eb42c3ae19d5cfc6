"""Checks of `write_to_stream`."""

import torch
from attention_oracles import compare, expect_each_anew, expect_gradients, expect_right, written

from autograder.checks import exercise, probe

NAME = "write_to_stream"


def drawn(rng, batch, length, width, values):
    """stream, output and w_o; the stream is not centred, so that a norm shows."""
    return [0.5 + rng.randn(batch, length, width), rng.randn(batch, length, values), rng.randn(values, width)]


@exercise(NAME, points=2)
def test_write_to_stream_docstring_example(student, rng):
    stream, output = torch.tensor([[[1.0, 2, 3]]]), torch.tensor([[[10.0, 20]]])
    w_o = torch.tensor([[1.0, 0, 1], [0, 1, 1]])
    expect_right(student, NAME, [stream, output, w_o], "The docstring's stream")
    expect_right(student, NAME, drawn(rng, 3, 4, 6, 2), "The stream of three texts")


@exercise(NAME)
def test_streams_of_any_size(student, rng):
    for shape in rng.permutation(((1, 1, 4, 3), (2, 3, 5, 5), (3, 2, 1, 4), (4, 1, 6, 1), (2, 2, 2, 2))):
        expect_right(student, NAME, drawn(rng, *shape), "A stream of another size")


@exercise(NAME)
def test_nothing_found_leaves_the_stream(student, rng):
    stream, output, w_o = drawn(rng, 2, 4, 5, 3)
    expect_right(student, NAME, [stream, output, w_o], "The stream")
    expect_right(student, NAME, [stream, torch.zeros(2, 4, 3), w_o], "The stream after a head that found nothing")
    expect_right(student, NAME, [torch.zeros(2, 4, 5), output, w_o], "A stream that was empty")
    earlier = {"The matrix of an earlier call is used.": written(stream, output, w_o)}
    expect_right(student, NAME, [stream, output, -1000 * w_o], "The stream after much was added", also=earlier)


@probe
def sharing(student, stream, output, w_o, more):
    """What the function gives, and its stream once `more` was added to that in place."""
    stream = stream.clone()
    given = student.write_to_stream(stream, output, w_o)
    before = given.clone()
    given += more
    return [before, stream]


@exercise(NAME)
def test_the_result_is_a_new_tensor(student, rng):
    stream, output, w_o = drawn(rng, 2, 3, 4, 2)
    for found in rng.permutation((output, torch.zeros(2, 3, 2))):
        more = rng.randn(2, 3, 4)
        before, after = student.run(sharing, stream, found, w_o, more)
        compare(before, written(stream, found, w_o), "The stream")
        compare(
            after,
            stream,
            "The caller's stream, after the result was changed,",
            mistakes={"The caller's stream itself is given; it must be a new tensor.": before + more},
        )


@exercise(NAME)
def test_the_gradient_reaches_stream_output_and_matrix(student, rng):
    arguments, upstream = drawn(rng, 2, 3, 5, 4), rng.randn(2, 3, 5)
    expect_gradients(
        student,
        NAME,
        arguments,
        {
            0: "No gradient reaches the stream; it is what lets many layers train.",
            1: "No gradient reaches what the head gave.",
            2: "No gradient reaches w_o.",
        },
        upstream,
        wrong={
            "The gradient that goes into the stream is scaled; it goes on unchanged.": lambda stream, output, w_o: (
                written(stream, output, w_o) - 0.5 * (stream - stream.detach())
            )
        },
    )


@exercise(NAME)
def test_streams_in_any_dtype_and_anew(student, rng):
    calls = [drawn(rng, 3, 5, 6, 4) for _ in range(3)]
    expect_each_anew(student, NAME, calls, "The stream of another call")
    stream, output, _ = calls[0]
    calls = [[stream, output, rng.randn(4, 6)] for _ in range(2)]
    expect_each_anew(student, NAME, calls, "The stream with another matrix")
    expect_right(student, NAME, [one.double() for one in calls[0]], "The stream in fp64")
    expect_right(student, NAME, [one.bfloat16() / 2 for one in calls[1]], "The stream in bf16")
