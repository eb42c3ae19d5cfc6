"""Checks of `nearest_tokens`."""

import torch
from embeddings_oracles import cosines, directions, expect_neighbours, neighbour_mistakes, ranked

from autograder.checks import exercise, expect_accepted, expect_equal, fail, in_drawn_order, rejected

UNNAMED_TOKEN = "The error for a token without a row doesn't name it."
UNNAMED_K = "The error for more neighbours than there are doesn't name k."


def with_ties(rng, width):
    """A table, a token with which cosines are equal to the last bit (rows are multiples of [3, 4] or [1, 0], or zeros),
    and the row of zeros. Of the rows in the token's own direction one comes before it and one after it.

    The token's row has one number other than 0, and all lengths are whole, so every way of computing gives the same.
    """
    table = torch.zeros(9, width)
    column, other = rng.permutation(range(width))[:2]
    rows = rng.permutation([[6, 8], [0, 0], [3, -4], [-5, 0], [0, 7], [12, 16]])
    places = sorted(rng.permutation(range(9))[:3])  # of the rows in one direction, the second of which is the token's
    for place, row in zip(places, rng.permutation([[8, 0], [2, 0], [4, 0]]), strict=True):
        rows.insert(place, row)
    table[:, column], table[:, other] = torch.tensor(rows).float().T
    return table * 2 ** rng.randint(0, 3), places[1], rows.index([0, 0])


@exercise("nearest_tokens")
def test_nearest_tokens_docstring_example(student, rng):
    # First a table in which most mistakes give something else; in the docstring's many give the same
    table, token = directions(rng, 12, 5), rng.randint(1, 11)
    for scale, rows in ((1, "a table"), (1e-3, "short rows"), (1e-4, "shorter rows")):
        expect_neighbours(student, scale * table, token, 4, f"The neighbours in {rows}")
    table = torch.tensor([[1.0, 0], [3, 4], [-1, 0], [0, 0], [6, 8]])
    for k in (4, 3):
        with expect_accepted(
            "An error is raised although there are that token and k others.", "IndexError", "ValueError"
        ):
            got = student.nearest_tokens(table, 0, k)
        mistakes = neighbour_mistakes(table, 0, k).items()
        expect_equal(
            got,
            [1, 4, 3, 2][:k],
            what="The neighbours of the docstring's token 0",
            mistakes={sentence: wrong for sentence, wrong in mistakes if "lengths" not in sentence},  # asked above
        )
    if not isinstance(got, list) or any(type(one) is not int for one in got):
        fail("The ids come in another kind than a list of Python numbers.", expected=[1, 4, 3], got=got)


@exercise("nearest_tokens")
def test_all_others_in_their_order(student, rng):
    table = directions(rng, 10, 4)
    for token in (0, 9, rng.randint(1, 9)):
        expect_neighbours(student, table, token, 9, "All other tokens from the nearest to the farthest")


@exercise("nearest_tokens", points=2)
def test_equal_cosines_and_rows_of_zeros(student, rng):
    table, token, zero = with_ties(rng, rng.randint(3, 6))
    for k in (8, 5, 2):
        expect_neighbours(student, table, token, k, "The neighbours where cosines are equal")
    expect_neighbours(student, table.flip(0), 8 - token, 8, "The neighbours where cosines are equal")
    expect_neighbours(student, table, zero, 4, "The neighbours of a row of zeros")


@exercise("nearest_tokens")
def test_the_length_of_a_row_does_not_matter(student, rng):
    table, token = directions(rng, 11, 6), rng.randint(1, 10)
    expect_neighbours(student, table, token, 5, "The neighbours")
    for scale in (0.01, 100.0):
        longer = table.clone()
        longer[ranked(cosines(table, token), token, 10)[rng.randint(5, 10)]] *= scale
        longer[token] *= scale
        expect_neighbours(student, longer, token, 5, "The neighbours after some rows were made longer or shorter")
    expect_neighbours(student, table.double(), token, 5, "The neighbours in fp64")


@exercise("nearest_tokens")
def test_no_neighbours_are_legal(student, rng):
    table = directions(rng, 6, 4)
    with expect_accepted("k = 0 is an error; no neighbours are legal."):
        got = student.nearest_tokens(table, 2, 0)
    expect_equal(got, [], what="No neighbours", mistakes={"k = 0 gives neighbours.": ranked(cosines(table, 2), 2, 5)})
    expect_neighbours(student, table, 2, 1, "The one neighbour")


@exercise("nearest_tokens")
def test_a_token_or_a_number_that_is_not_there(student, rng):
    table = directions(rng, 9, 4)
    far = rng.randint(30, 60)

    def token_error(token, *names):
        return rejected(
            lambda: student.nearest_tokens(table, token, 2),
            "nearest_tokens with a token without a row",
            *names,
            kind="IndexError",
            unnamed=UNNAMED_TOKEN,
        )

    def number_error(k, what, *names):
        return rejected(lambda: student.nearest_tokens(table, 3, k), what, *names, unnamed=UNNAMED_K)

    in_drawn_order(
        rng,
        token_error(-1),
        token_error(9),
        token_error(-far, [far]),
        token_error(far, [far]),
        number_error(9, "nearest_tokens with a k of more than there are others"),
        number_error(far, "nearest_tokens with a k of more than there are others", [far]),
        number_error(-1, "nearest_tokens with a negative k"),
        number_error(-far, "nearest_tokens with a negative k", [far]),
        lambda: expect_neighbours(student, table, 3, 2, "The neighbours"),
    )


@exercise("nearest_tokens")
def test_neighbours_are_those_of_this_table(student, rng):
    first, second = directions(rng, 8, 9), directions(rng, 8, 9)
    token = rng.randint(1, 7)
    while ranked(cosines(first, token), token, 6) == ranked(cosines(second, token), token, 6):
        second = directions(rng, 8, 9)
    expect_neighbours(student, first, token, 6, "The neighbours")
    expect_equal(
        student.nearest_tokens(second, token, 6),
        ranked(cosines(second, token), token, 6),
        what="The neighbours in another table of the same shape",
        mistakes=neighbour_mistakes(
            second, token, 6, also={"The table of an earlier call is used.": ranked(cosines(first, token), token, 6)}
        ),
    )
