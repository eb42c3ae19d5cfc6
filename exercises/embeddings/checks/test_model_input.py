"""Checks of `model_input`."""

import torch
from embeddings_oracles import (
    TOL_FP32,
    expect_gradients,
    expect_input,
    outside_ids,
    past_the_end,
    read,
    some_ids,
    summed_rows,
)

from autograder import builders
from autograder.checks import AnyOf, exercise, expect_close, in_drawn_order


@exercise("model_input", points=2)
def test_model_input_docstring_example(student, rng):
    tokens = torch.tensor([[10.0, 0], [20, 0]])
    positions = torch.tensor([[1.0, 1], [2, 2], [3, 3]])
    for start in (0, 1):
        expect_input(student, torch.tensor([[1, 0]]), tokens, positions, start, "The docstring's input")
    ids = some_ids(rng, 2, rng.randint(3, 6), 6)
    expect_input(student, ids, rng.randn(6, 9), rng.randn(20, 9), 0, "The input of two texts")


@exercise("model_input")
def test_positions_begin_with_start(student, rng):
    ids, tokens, positions = some_ids(rng, 3, 4, 6), rng.randn(6, 7), rng.randn(24, 7)
    for start in rng.permutation((rng.randint(5, 9), 0, 20)):
        expect_input(student, ids, tokens, positions, start, "The input of texts that go on")


@exercise("model_input")
def test_gpt2s_own_tables(student, rng):
    state = builders.tiny_state(rng.randint(0, 1 << 30), layers=0)
    tokens, positions = state["wte.weight"], state["wpe.weight"]  # (53, 24), (32, 24)
    ids = rng.randint(0, 53, (2, 5))
    expect_input(student, ids, tokens, positions, 0, "The input of a tiny GPT-2")
    expect_input(student, ids[:1, :1], tokens.double(), positions.double(), 30, "The input of one token in fp64")


@exercise("model_input")
def test_texts_do_not_mix(student, rng):
    ids, tokens, positions = some_ids(rng, 4, 3, 6), rng.randn(6, 8), rng.randn(12, 8)
    order = [2, 0, 3, 1]
    expect_close(
        student.model_input(ids[order], tokens, positions, 2),
        read(ids, tokens, positions, 2)[order],
        what="The input after swapping the texts",
        **TOL_FP32,
    )
    expect_input(student, ids, tokens, positions, 2, "The input of four texts")


@exercise("model_input")
def test_the_gradient_reaches_both_tables(student, rng):
    ids, tokens, positions, upstream = some_ids(rng, 2, 3, 5), rng.randn(5, 7), rng.randn(9, 7), rng.randn(2, 3, 7)
    places = torch.zeros(9, 7)
    places[4:7] = upstream.sum(dim=0)
    expect_gradients(
        student,
        "model_input",
        [ids, tokens, positions, 4],
        upstream,
        {1: summed_rows(ids, upstream, 5), 2: places},
        {
            1: "No gradient reaches the token table; its rows are cut off from it.",
            2: "No gradient reaches the position table; its rows are cut off from it.",
        },
        what="The gradient of the tables that model_input was given",
        mistakes={
            "Only one text passes a gradient on to the positions; all that stand there do.": AnyOf(
                *(torch.cat([torch.zeros(4, 7), one, torch.zeros(2, 7)]) for one in upstream)
            )
        },
    )


@exercise("model_input")
def test_what_is_in_neither_table_is_an_error(student, rng):
    tokens, positions = rng.randn(6, 8), rng.randn(47, 8)
    ids = some_ids(rng, 2, 3, 6)

    def at(start, count):
        return student.model_input(ids[:, :1].expand(-1, count), tokens, positions, start)

    in_drawn_order(
        rng,
        *outside_ids(rng, lambda ids: student.model_input(ids, tokens, positions), "model_input", 6, [(1, 0)]),
        past_the_end(positions, at, "model_input", 45, 3),
        past_the_end(positions, at, "model_input", 0, 48),
        lambda: expect_input(student, ids, tokens, positions, 44, "The input up to the last position"),
    )
