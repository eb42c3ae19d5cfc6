"""Hidden checks of `nearest_tokens`."""

import torch
from embeddings_oracles import cosines, directions, expect_neighbours, neighbour_mistakes, ranked

from autograder.checks import exercise, expect_equal, in_drawn_order, rejected


@exercise("nearest_tokens", points=2)
def test_neighbours_in_larger_tables(student, rng):
    for vocab, width in ((14, 3), (11, 16), (2, 4)):
        table = directions(rng, vocab, width)
        for token in (0, vocab - 1):
            for k in (1, vocab - 1):
                expect_neighbours(student, table, token, k, "The neighbours")


@exercise("nearest_tokens")
def test_rows_that_are_the_same(student, rng):
    # Each row has one number other than 0, so that every cosine is 1, 0 or -1 exactly
    ones = torch.eye(4)[[0, 2, 0, 1, 2, 0, 2, 3]] * torch.tensor([2.0, 1, -4, 8, 2, 1, -2, 1])[:, None]
    ones[3] = 0
    table = ones[rng.permutation(range(8))] * 2 ** rng.randint(0, 3)
    for token, k in zip(rng.permutation(range(8)), (7, 6, 2, 7, 2, 3, 1, 5), strict=True):
        expect_neighbours(student, table, token, k, "The neighbours where cosines are equal")


@exercise("nearest_tokens")
def test_a_turned_table_has_the_same_neighbours(student, rng):
    table, token = directions(rng, 9, 5), rng.randint(1, 8)
    turn = torch.linalg.qr(rng.randn(5, 5))[0]
    expect_equal(
        student.nearest_tokens(table @ turn, token, 6),
        ranked(cosines(table, token), token, 6),
        what="The neighbours after all rows were turned alike",
        mistakes=neighbour_mistakes(table, token, 6),
    )
    stretched = table * torch.linspace(0.3, 30, 9)[:, None]
    expect_neighbours(student, stretched, token, 6, "The neighbours after every row was stretched in its own way")


@exercise("nearest_tokens")
def test_tokens_and_numbers_out_of_range(student, rng):
    table, far = directions(rng, 5, 4), rng.randint(70, 90)
    unnamed = "The error for a token without a row doesn't name it."
    in_drawn_order(
        rng,
        *(
            rejected(
                lambda token=token: student.nearest_tokens(table, token, 1),
                "nearest_tokens with a token without a row",
                *names,
                kind="IndexError",
                unnamed=unnamed,
            )
            for token, names in ((-5, []), (5, []), (far, [[far]]), (-far, [[far]]))
        ),
        *(
            rejected(
                lambda k=k: student.nearest_tokens(table, 2, k),
                what,
                *names,
                unnamed="The error for more neighbours than there are doesn't name k.",
            )
            for k, what, names in (
                (5, "nearest_tokens with a k of more than there are others", []),
                (far, "nearest_tokens with a k of more than there are others", [[far]]),
                (-2, "nearest_tokens with a negative k", []),
            )
        ),
        lambda: expect_neighbours(student, table, 2, 3, "The neighbours"),
    )
