"""Checks of `unembed`."""

import torch
from embeddings_oracles import (
    TOL_FP32,
    TRANSPOSED,
    expect_gradients,
    expect_scores,
    lying_transposed,
    score_mistakes,
    scored,
)

from autograder import builders
from autograder.checks import exercise, expect_accepted, expect_close, fail


@exercise("unembed")
def test_unembed_docstring_example(student, rng):
    table = torch.tensor([[1.0, 2], [3, 4], [5, 6]])
    vector = torch.tensor([[[10.0, 1]]])
    one, two = student.unembed(vector, table), student.unembed(vector, table)
    if isinstance(one, torch.Tensor) and isinstance(two, torch.Tensor) and not torch.equal(one, two):
        fail("Two calls give different scores: a matrix is drawn, but the table itself is the matrix.", got=[one, two])
    expect_scores(student, vector, table, "The scores of the docstring's vector")
    expect_scores(student, rng.randn(2, 3, 6), rng.randn(4, 6), "The scores of two texts")


@exercise("unembed")
def test_a_square_table_is_transposed_all_the_same(student, rng):
    expect_scores(student, rng.randn(2, 4, 5), rng.randn(5, 5), "The scores where V and D are equal")


@exercise("unembed")
def test_gpt2s_own_table_scores(student, rng):
    table = 20 * builders.tiny_state(rng.randint(0, 1 << 30), layers=0)["wte.weight"]  # (53, 24)
    expect_scores(student, rng.randn(1, 3, 24), table, "The scores of a tiny GPT-2")


@exercise("unembed")
def test_any_leading_dimensions(student, rng):
    table = rng.randn(4, 6)
    for shape in ((6,), (3, 6), (2, 1, 3, 6), (1, 1, 6)):
        hidden = rng.randn(*shape)
        with expect_accepted("It raises an error for another number of leading dimensions than two."):
            got = student.unembed(hidden, table)
        expect_close(
            got,
            scored(hidden, table),
            what="The scores of vectors with other leading dimensions",
            mistakes=score_mistakes(hidden, table),
            **TOL_FP32,
        )
    hidden = rng.randn(2, 3, 6)
    with expect_accepted(TRANSPOSED):
        got = student.run(lying_transposed, "unembed", [hidden], [table])
    expect_close(got, scored(hidden, table), what="The scores of vectors that lie transposed", **TOL_FP32)


@exercise("unembed")
def test_the_gradient_reaches_vectors_and_table(student, rng):
    hidden, table, upstream = rng.randn(2, 3, 6), rng.randn(4, 6), rng.randn(2, 3, 4)
    expect_gradients(
        student,
        "unembed",
        [hidden, table],
        upstream,
        {0: upstream @ table, 1: torch.einsum("btv,btd->vd", upstream, hidden)},
        {
            0: "No gradient reaches the vectors.",
            1: "No gradient reaches the table; a tied table learns from its scores too.",
        },
        what="The gradient of what unembed was given",
    )


@exercise("unembed")
def test_scores_are_those_of_this_table(student, rng):
    hidden, first, second = rng.randn(2, 3, 9), rng.randn(7, 9), rng.randn(7, 9)
    expect_scores(student, hidden, first, "The scores")
    expect_close(
        student.unembed(hidden, second),
        scored(hidden, second),
        what="The scores with another table of the same shape",
        mistakes=score_mistakes(hidden, second, also={"The table of an earlier call is used.": scored(hidden, first)}),
        **TOL_FP32,
    )
    doubles = hidden.double(), second.double()
    expect_scores(student, *doubles, "The scores in fp64", {"rtol": 1e-12, "atol": 1e-12})
