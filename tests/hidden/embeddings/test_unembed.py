"""Hidden checks of `unembed`."""

import torch
from embeddings_oracles import TOL_FP32, expect_gradients, expect_scores, score_mistakes, scored

from autograder import builders
from autograder.checks import exercise, expect_close


@exercise("unembed")
def test_it_scores_as_hugging_faces_tied_gpt2(student, rng):
    model = builders.tiny_gpt2(rng.randint(0, 1 << 30))
    hidden, table = 5 * rng.randn(2, 4, 24), model.transformer.wte.weight.detach()
    with torch.no_grad():
        expected = model.lm_head(hidden)
    expect_close(
        student.unembed(hidden, table),
        expected,
        what="The scores of a GPT-2",
        mistakes=score_mistakes(hidden, table),
        **TOL_FP32,
    )


@exercise("unembed")
def test_scores_in_any_dtype_and_shape(student, rng):
    for shape in ((1, 1, 5), (3, 1, 5), (5,), (2, 2, 2, 5)):
        expect_scores(student, rng.randn(*shape), rng.randn(5, 5), "The scores")
    hidden, table = rng.randn(2, 3, 8).bfloat16(), rng.randn(5, 8).bfloat16()
    # bf16 keeps 8 bits of sums of eight products of size 1
    expect_scores(student, hidden, table, "The scores in bf16", {"rtol": 0.03, "atol": 0.1})


@exercise("unembed")
def test_scores_are_linear(student, rng):
    one, other, table = rng.randn(2, 3, 6), rng.randn(2, 3, 6), rng.randn(4, 6)
    expect_close(
        student.unembed(2 * one - 3 * other, table),
        2 * scored(one, table) - 3 * scored(other, table),
        what="The scores of a sum of vectors",
        mistakes=score_mistakes(2 * one - 3 * other, table),
        **TOL_FP32,
    )
    expect_scores(student, torch.zeros(1, 2, 6), table, "The scores of zeros")


@exercise("unembed")
def test_the_gradient_of_a_square_table(student, rng):
    hidden, table, upstream = rng.randn(4, 5), rng.randn(5, 5), rng.randn(4, 5)
    expect_gradients(
        student,
        "unembed",
        [hidden, table],
        upstream,
        {0: upstream @ table, 1: upstream.T @ hidden},
        {
            0: "No gradient reaches the vectors.",
            1: "No gradient reaches the table; a tied table learns from its scores too.",
        },
        what="The gradient of what unembed was given",
    )
