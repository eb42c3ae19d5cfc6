"""Checks of `rotate_positions`."""

import torch
from embeddings_oracles import TOL_FP32, halves_turned, turned, when_wrong

from autograder.checks import AnyOf, exercise, expect_close, in_drawn_order, rejected


@when_wrong
def rotation_mistakes(x, positions, base):
    """Sentence → what the mistake gives in place of the turned vectors."""
    return {
        "The numbers i and i + D / 2 are turned together; here 2i and 2i + 1 are.": halves_turned(x, positions, base),
        "The vectors are turned the other way.": turned(x, positions, base, sign=-1),
        "The exponent is doubled; an even number's place is 2i already.": turned(
            x, positions, base, lambda t, i, width, base: t / base ** (4 * i / width)
        ),
        "positions is not used; rows are counted from 0.": turned(x, torch.arange(len(positions)), base),
        "base is not used.": turned(x, positions, 10000.0),
        "Something is added; vectors are turned.": AnyOf(
            x + turned(torch.eye(2)[0].repeat(x.shape[-1] // 2).expand_as(x), positions, base).to(x.dtype),
            x + turned(torch.eye(2)[1].repeat(x.shape[-1] // 2).expand_as(x), positions, base).to(x.dtype),
        ),
    }


def expect_turned(student, x, positions, base, what, tolerance=TOL_FP32):
    arguments = (x, positions) if base == 10000.0 else (x, positions, base)
    expect_close(
        student.rotate_positions(*arguments),
        turned(x, positions, base),
        what=what,
        mistakes=rotation_mistakes(x, positions, base),
        advice="(a, b) becomes (a cos - b sin, a sin + b cos).",
        **tolerance,
    )


@exercise("rotate_positions")
def test_rotate_positions_docstring_example(student, rng):
    expect_turned(student, torch.tensor([[1.0, 0]]), torch.tensor([1]), 10000.0, "The docstring's vector")
    positions = torch.tensor([2, 5, 3, 9])
    expect_turned(student, rng.randn(2, 3, 4, 6), positions, 10000.0, "The turned vectors")
    expect_turned(student, rng.randn(4, 8), positions, 50.0, "The turned vectors with another base")
    for dtype, tolerance in (
        (torch.float64, {"rtol": 1e-9, "atol": 1e-9}),
        (torch.bfloat16, {"rtol": 0.03, "atol": 0.03}),
    ):
        expect_turned(student, rng.randn(4, 6).to(dtype), positions, 10000.0, "What rotate_positions gives", tolerance)


@exercise("rotate_positions")
def test_products_depend_on_the_distance_only(student, rng):
    query, key, step = rng.randn(5, 6), rng.randn(5, 6), rng.randint(3, 20)
    positions = torch.arange(5)
    here, there = (
        student.rotate_positions(query, positions + by) @ student.rotate_positions(key, positions + by).T
        for by in (0, step)
    )
    expected = turned(query, positions, 10000.0) @ turned(key, positions, 10000.0).T
    expect_close(here, expected, what="The products of turned vectors", **TOL_FP32)
    expect_close(there, expected, what="The products of turned vectors further on", **TOL_FP32)


@exercise("rotate_positions")
def test_an_odd_number_of_columns_is_an_error(student, rng):
    positions, odd = torch.tensor([1, 4]), 2 * rng.randint(2, 9) + 1
    in_drawn_order(
        rng,
        rejected(
            lambda: student.rotate_positions(rng.randn(2, odd), positions),
            "rotate_positions with an odd width",
        ),
        lambda: expect_turned(student, rng.randn(2, 6), positions, 10000.0, "The turned vectors"),
    )
