"""Hidden checks of `embed`."""

import torch
from embeddings_oracles import embed_mistakes, expect_gradients, expect_rows, outside_ids, picked, some_ids, summed_rows

from autograder.checks import exercise, expect_accepted, expect_close, expect_equal, in_drawn_order


@exercise("embed")
def test_rows_in_any_dtype_and_shape(student, rng):
    for dtype in (torch.float64, torch.bfloat16, torch.float16):
        ids, table = some_ids(rng, 3, 4, 9), rng.randn(9, 10).to(dtype)
        expect_rows(student, ids, table, "What embed gives in another dtype")
    table = rng.randn(3, 1)
    for ids in (torch.tensor([[2], [0]]), torch.tensor([[[1, 2]], [[0, 0]]])):
        expect_rows(student, ids, table, "What embed gives for a table one number wide")
    for shape in ((0,), (0, 3), (1, 0)):
        with expect_accepted("It raises an error for ids of another shape than two dimensions with entries."):
            got = student.embed(rng.randint(0, 3, shape), table)
        expect_equal(got, torch.zeros(*shape, 1), what="What embed gives for no ids")


@exercise("embed")
def test_it_is_a_product_with_one_hot_vectors(student, rng):
    ids, table = some_ids(rng, 2, 5, 8), rng.randn(8, 9)
    one_hot = torch.nn.functional.one_hot(ids, 8).float()
    expect_close(
        student.embed(ids, table), one_hot @ table, what="What embed gives", mistakes=embed_mistakes(ids, table)
    )
    # Give every token another id, and its row with it: nothing changes
    order = torch.tensor(rng.permutation(range(8)))
    moved = torch.empty_like(table)
    moved[order] = table
    expect_equal(
        student.embed(order[ids], moved),
        picked(ids, table),
        what="What embed gives after tokens and rows were renumbered",
        mistakes=embed_mistakes(order[ids], moved),
    )


@exercise("embed")
def test_one_id_without_a_row_among_many(student, rng):
    table = rng.randn(7, 9)
    legal = some_ids(rng, 2, 3, 7)
    in_drawn_order(
        rng,
        *outside_ids(rng, lambda ids: student.embed(ids, table), "embed", 7, [(0, 2), (1, 0)]),
        lambda: expect_rows(student, legal, table, "What embed gives for the first and the last id"),
    )


@exercise("embed")
def test_gradients_of_several_occurrences(student, rng):
    ids, table, upstream = torch.tensor([2, 2, 0, 2]), rng.randn(4, 5), rng.randn(4, 5)
    expect_gradients(
        student,
        "embed",
        [ids, table],
        upstream,
        {1: summed_rows(ids, upstream, 4)},
        {1: "No gradient reaches the table; its rows are cut off from it."},
        what="The gradient of the table that embed was given",
    )
