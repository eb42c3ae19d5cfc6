"""Checks of `sinusoidal_positions`."""

import torch
from embeddings_oracles import IN_16_BITS, expect_rotations, expect_waves, in_sixteen_bits, wave_mistakes, waves

from autograder.checks import exercise, expect_accepted, expect_close, in_drawn_order, probe, rejected

ODD = "The error for an odd width doesn't name it."


@exercise("sinusoidal_positions", points=2)
def test_sinusoidal_positions_docstring_example(student, rng):
    # First a table in which each mistake gives something else; in the docstring's some give the same
    expect_waves(student, rng.randint(5, 9), 2 * rng.randint(6, 9), 10000.0, "The table of positions")
    expect_waves(student, 3, 4, 10000.0, "The docstring's table of positions")


@exercise("sinusoidal_positions")
def test_another_base(student, rng):
    for base in (100.0 + rng.randint(0, 50), 2.5 + float(rng.rand())):
        expect_waves(student, 6, 10, base, "The positions with another base")


@exercise("sinusoidal_positions")
def test_positions_as_far_apart_are_turned_alike(student, rng):
    expect_rotations(student, rng, rng.randint(20, 40), 2 * rng.randint(3, 7))


@exercise("sinusoidal_positions")
def test_far_positions_are_told_apart(student, rng):
    length, width = rng.randint(2100, 2400), 6
    expect_close(
        student.sinusoidal_positions(length, width),
        waves(length, width, 10000.0),
        what="The table of positions beyond 2,000",
        mistakes=wave_mistakes(
            length,
            width,
            10000.0,
            also={IN_16_BITS: (lambda: in_sixteen_bits(length, width, 10000.0))},
        ),
        rtol=0,
        atol=2e-3,  # an fp32 angle of 2,400 is off by up to 3e-4
    )


@exercise("sinusoidal_positions")
def test_an_odd_width_is_an_error(student, rng):
    odd, even = 2 * rng.randint(6, 30) + 1, 2 * rng.randint(2, 5)
    length = rng.randint(5, 9)
    in_drawn_order(
        rng,
        *(
            rejected(
                lambda width=width: student.sinusoidal_positions(length, width),
                "sinusoidal_positions with an odd width",
                [width],
                unnamed=ODD,
            )
            for width in (odd, 1)
        ),
        lambda: expect_waves(student, length, even, 10000.0, "The positions with an even width"),
        lambda: expect_waves(student, length, 2, 10000.0, "The positions of width 2"),
    )


@exercise("sinusoidal_positions")
def test_few_positions_are_legal(student, rng):
    width = 2 * rng.randint(2, 5)
    for length in (0, 1):
        with expect_accepted("Few positions are an error; none at all are legal."):
            got = student.sinusoidal_positions(length, width)
        expect_close(got, waves(length, width, 10000.0), what="The positions of a text without or with one token")
    expect_waves(student, 3, width, 10000.0, "The positions")


@exercise("sinusoidal_positions")
def test_each_call_has_its_own_base(student, rng):
    first, second = 50.0 + rng.randint(0, 20), 500.0 + rng.randint(0, 20)
    expect_waves(student, 7, 14, first, "The positions with one base")
    for base in (second, 10000.0):
        arguments = (7, 14) if base == 10000.0 else (7, 14, base)
        expect_close(
            student.sinusoidal_positions(*arguments),
            waves(7, 14, base),
            what="The positions with another base than before",
            mistakes=wave_mistakes(
                7, 14, base, also={"The positions of an earlier call are given.": waves(7, 14, first)}
            ),
            rtol=0,
            atol=1e-4,
        )


@probe
def written_into(student, length, width, base):
    """The positions, after a caller overwrote those that it had got."""
    student.sinusoidal_positions(length, width, base).zero_()
    return student.sinusoidal_positions(length, width, base)


@exercise("sinusoidal_positions")
def test_each_caller_has_a_table_of_its_own(student, rng):
    length, width, base = rng.randint(4, 8), 2 * rng.randint(2, 5), 100.0 + 50 * rng.rand().item()
    expect_close(
        student.run(written_into, length, width, base),
        waves(length, width, base),
        what="The table of positions after a caller wrote into an earlier one",
        mistakes={
            "A table is kept and handed out again, so that whoever writes into it changes the next one.": torch.zeros(
                length, width
            )
        },
        rtol=0,
        atol=1e-4,
    )
