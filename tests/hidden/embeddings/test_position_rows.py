"""Hidden checks of `position_rows`."""

import torch
from embeddings_oracles import expect_gradients, expect_position_rows, past_the_end

from autograder.checks import exercise, in_drawn_order, rejected


@exercise("position_rows")
def test_rows_in_any_dtype(student, rng):
    for dtype, width in ((torch.float64, 6), (torch.bfloat16, 7)):
        table = rng.randn(30, width).to(dtype)
        for start, count in ((11, 5), (0, 30), (29, 1), (0, 2), (4, 4)):
            expect_position_rows(student, table, start, count, "Rows in another dtype")


@exercise("position_rows")
def test_the_error_names_both(student, rng):
    rows = rng.randint(60, 90)
    table = rng.randn(rows, 2)
    in_drawn_order(
        rng,
        *(
            past_the_end(
                table, lambda start, count: student.position_rows(table, start, count), "position_rows", *asked
            )
            for asked in ((rows, 1), (0, rows + 1), (rows - 5, 6), (500, 40))
        ),
        rejected(lambda: student.position_rows(table, -rows, rows), "position_rows with a negative start"),
        rejected(lambda: student.position_rows(table, 8, -2), "position_rows with a negative count"),
        lambda: expect_position_rows(student, table, rows - 5, 5, "The last rows"),
    )


@exercise("position_rows")
def test_the_gradient_of_rows_that_end_the_table(student, rng):
    table, upstream = rng.randn(7, 3), rng.randn(4, 3)
    expected = torch.zeros(7, 3)
    expected[3:] = upstream
    expect_gradients(
        student,
        "position_rows",
        [table, 3, 4],
        upstream,
        {0: expected},
        {0: "No gradient reaches the table of positions; its rows are cut off from it."},
        what="The gradient of the position table",
    )
