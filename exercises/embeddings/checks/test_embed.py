"""Checks of `embed`."""

import torch
from embeddings_oracles import (
    SQUEEZED,
    TRANSPOSED,
    embed_mistakes,
    expect_gradients,
    expect_rows,
    lying_transposed,
    outside_ids,
    picked,
    some_ids,
    summed_rows,
)

from autograder.checks import exercise, expect_accepted, expect_equal, in_drawn_order


@exercise("embed")
def test_embed_docstring_example(student, rng):
    table = torch.tensor([[10.0, 11], [20, 21], [30, 31]])
    expect_rows(student, torch.tensor([[2, 0, 2]]), table, "What embed gives for the docstring's ids")
    ids, table = some_ids(rng, 2, rng.randint(3, 6), 5), rng.randn(5, 7)
    expect_rows(student, ids, table, "What embed gives for two texts")


@exercise("embed")
def test_ids_have_any_shape(student, rng):
    table = rng.randn(6, 8)
    for shape in ((4,), (), (1, 1), (2, 1, 3), (2, 0)):
        ids = rng.randint(1, 5, shape)  # neither the first id nor the last
        with expect_accepted("It raises an error for ids of another shape than two dimensions with entries."):
            got = student.embed(ids, table)
        right = table[ids]
        expect_equal(
            got,
            right,
            what="What embed gives for ids of another shape",
            mistakes={
                SQUEEZED: right.squeeze(),
                **(embed_mistakes(ids, table) if ids.ndim > 1 and ids.numel() else {}),
            },
            advice="The shape of ids, and then D.",
        )
    ids = some_ids(rng, 2, 3, 6)
    with expect_accepted(TRANSPOSED):
        got = student.run(lying_transposed, "embed", [ids], [table])
    expect_equal(got, picked(ids, table), what="What embed gives for transposed ids")


@exercise("embed")
def test_an_id_without_a_row_is_an_error(student, rng):
    table = rng.randn(6, 8)
    places = [(0, 0), (1, 2)]
    legal = some_ids(rng, 2, 3, 6)
    in_drawn_order(
        rng,
        *outside_ids(rng, lambda ids: student.embed(ids, table), "embed", 6, places),
        lambda: expect_rows(student, legal, table, "What embed gives for the first and the last id"),
    )


@exercise("embed")
def test_the_gradient_reaches_the_table(student, rng):
    ids, table, upstream = some_ids(rng, 2, 3, 5), rng.randn(5, 10), rng.randn(2, 3, 10)
    right = summed_rows(ids, upstream, 5)
    expect_gradients(
        student,
        "embed",
        [ids, table],
        upstream,
        {1: right},
        {1: "No gradient reaches the table; its rows are cut off from it."},
        what="The gradient of the table that embed was given",
        mistakes={
            "No gradient reaches row 0, as if id 0 were padding; it is a token like any other.": torch.cat(
                [torch.zeros(1, 10), right[1:]]
            ),
            "The gradient of a row stands in its first column alone; each number has its own.": torch.cat(
                [summed_rows(ids, upstream.sum(dim=-1, keepdim=True), 5), torch.zeros(5, 9)], dim=1
            ),
        },
    )


@exercise("embed")
def test_the_rows_are_those_of_this_table(student, rng):
    ids, first, second = some_ids(rng, 2, 3, 4), rng.randn(4, 11), rng.randn(4, 11).double()
    expect_rows(student, ids, first, "What embed gives for one table")
    for table in (first + 1, second):
        expect_equal(
            student.embed(ids, table),
            picked(ids, table),
            what="What embed gives for another table of the same shape",
            mistakes=embed_mistakes(ids, table, also={"The table of an earlier call is used.": picked(ids, first)}),
        )
