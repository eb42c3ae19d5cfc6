"""Hidden checks of `sinusoidal_positions`."""

import torch
from embeddings_oracles import IN_16_BITS, expect_rotations, expect_waves, in_sixteen_bits, wave_mistakes, waves

from autograder.checks import exercise, expect_close, in_drawn_order, rejected


@exercise("sinusoidal_positions")
def test_narrow_and_wide_positions(student, rng):
    for length, width in ((rng.randint(3, 6), 2), (2, 64), (1, 8), (9, 4)):
        expect_waves(student, length, width, 10000.0, "The positions")


@exercise("sinusoidal_positions")
def test_bases_small_and_large(student, rng):
    for base in (1.5, 10.0 + rng.randint(0, 9), 500000.0):
        expect_waves(student, 8, 12, base, "The positions with another base")


@exercise("sinusoidal_positions")
def test_products_of_rows_depend_on_their_distance(student, rng):
    width = 2 * rng.randint(8, 20)
    expect_rotations(student, rng, 60, width)
    table = student.sinusoidal_positions(60, width).double()
    expect_close(
        table.square().sum(1), torch.full((60,), width / 2.0).double(), what="The square of each row", rtol=1e-5
    )


@exercise("sinusoidal_positions")
def test_thousands_of_positions(student, rng):
    length = rng.randint(3000, 3500)
    expect_close(
        student.sinusoidal_positions(length, 4),
        waves(length, 4, 10000.0),
        what="The positions beyond 3,000",
        mistakes=wave_mistakes(
            length,
            4,
            10000.0,
            also={IN_16_BITS: (lambda: in_sixteen_bits(length, 4, 10000.0))},
        ),
        rtol=0,
        atol=2e-3,
    )


@exercise("sinusoidal_positions")
def test_a_width_of_odd_columns_is_an_error(student, rng):
    odd = 2 * rng.randint(50, 90) + 1
    in_drawn_order(
        rng,
        *(
            rejected(
                lambda arguments=arguments: student.sinusoidal_positions(*arguments),
                "sinusoidal_positions with an odd width",
                [odd],
                unnamed="The error for an odd width doesn't name it.",
            )
            for arguments in ((7, odd), (0, odd), (7, odd, 50.0))
        ),
        lambda: expect_waves(student, 7, 6, 50.0, "The positions with an even width"),
    )
