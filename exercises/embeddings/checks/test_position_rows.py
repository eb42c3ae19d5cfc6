"""Checks of `position_rows`."""

import torch
from embeddings_oracles import expect_gradients, expect_position_rows, past_the_end, position_mistakes

from autograder import builders
from autograder.checks import exercise, expect_accepted, expect_equal, in_drawn_order, rejected


@exercise("position_rows")
def test_position_rows_docstring_example(student, rng):
    table = torch.tensor([[1.0, 2], [3, 4], [5, 6], [7, 8]])
    expect_position_rows(student, table, 1, 2, "The rows of the docstring's example")
    table, start = rng.randn(20, 5), rng.randint(7, 9)
    expect_position_rows(student, table, start, rng.randint(3, 6), "Rows from the middle of the table")
    expect_position_rows(student, table.double(), 0, 4, "The first rows of a table in fp64")


@exercise("position_rows")
def test_rows_past_the_end_are_an_error(student, rng):
    table = rng.randn(40 + rng.randint(0, 9), 3)
    rows = len(table)
    in_drawn_order(
        rng,
        *(
            past_the_end(
                table, lambda start, count: student.position_rows(table, start, count), "position_rows", *asked
            )
            for asked in ((rows - 2, 3), (0, rows + 1), (rows + 20, 1), (rows + 1, 0))
        ),
        lambda: expect_position_rows(student, table, rows - 3, 2, "Rows before the last"),
    )


@exercise("position_rows")
def test_the_whole_table_and_its_last_row_are_legal(student, rng):
    table = rng.randn(6, 4)
    for start, count in ((0, 6), (5, 1), (2, 4)):
        with expect_accepted("The table's last row is an error; it is legal."):
            got = student.position_rows(table, start, count)
        expect_equal(
            got,
            table[torch.arange(start, start + count)],
            what="Rows up to the last",
            mistakes=position_mistakes(table, start, count),
        )
    for start in (0, 3, 6):
        with expect_accepted("No rows at all are an error; a count of 0 is legal."):
            got = student.position_rows(table, start, 0)
        everything = {"A count of 0 gives all rows from start on; it gives none.": table[start:]}
        expect_equal(got, torch.zeros(0, 4), what="The result for a count of 0", mistakes=everything)


@exercise("position_rows")
def test_numbers_below_zero_are_errors(student, rng):
    table = rng.randn(9, 4)
    call = student.position_rows
    in_drawn_order(
        rng,
        rejected(lambda: call(table, -1, 1), "position_rows with a negative start"),
        rejected(lambda: call(table, -rng.randint(3, 9), 2), "position_rows with a negative start"),
        rejected(lambda: call(table, 3, -1), "position_rows with a negative count"),
        rejected(lambda: call(table, 2, -rng.randint(2, 9)), "position_rows with a negative count"),
        lambda: expect_position_rows(student, table, 2, 3, "Rows from the middle of the table"),
    )


@exercise("position_rows")
def test_the_gradient_reaches_the_position_table(student, rng):
    table, upstream = rng.randn(10, 5), rng.randn(3, 5)
    expected = torch.zeros(10, 5)
    expected[2:5] = upstream
    expect_gradients(
        student,
        "position_rows",
        [table, 2, 3],
        upstream,
        {0: expected},
        {0: "No gradient reaches the table of positions; its rows are cut off from it."},
        what="The gradient of the position table",
    )


@exercise("position_rows")
def test_each_call_begins_where_it_is_asked(student, rng):
    table = builders.tiny_state(rng.randint(0, 1 << 30), layers=0)["wpe.weight"]  # (32, 24)
    expect_position_rows(student, table, 3, 4, "The rows")
    for start in (3, 12):
        expect_equal(
            student.position_rows(table, start, 4),
            table[start : start + 4],
            what="The rows of another call",
            mistakes=position_mistakes(
                table,
                start,
                4,
                also={
                    "The rows go on where an earlier call stopped; they begin with start.": table[
                        start + 4 : start + 8
                    ],
                    "The rows of an earlier call are given.": table[3:7],
                },
            ),
        )
