"""Hidden checks of `model_input`."""

import torch
from embeddings_oracles import TOL_FP32, expect_input, input_mistakes, outside_ids, past_the_end, some_ids

from autograder import builders
from autograder.checks import exercise, expect_close, in_drawn_order


@exercise("model_input", points=2)
def test_it_is_what_hugging_faces_gpt2_reads(student, rng):
    model = builders.tiny_gpt2(rng.randint(0, 1 << 30)).transformer
    ids, start = rng.randint(0, 53, (2, 6)), rng.randint(3, 20)
    tokens, positions = model.wte.weight.detach(), model.wpe.weight.detach()
    for begin in (0, start):
        with torch.no_grad():
            places = torch.arange(begin, begin + 6)[None]
            expected = model(ids, position_ids=places, output_hidden_states=True).hidden_states[0]
        expect_close(
            student.model_input(ids, tokens, positions, begin),
            expected,
            what="The input of a GPT-2",
            mistakes=input_mistakes(ids, tokens, positions, begin),
            **TOL_FP32,
        )


@exercise("model_input")
def test_one_text_one_token_any_dtype(student, rng):
    tokens, positions = rng.randn(5, 6), rng.randn(30, 6)
    for batch, length in ((1, 1), (3, 1), (1, 4), (6, 2)):
        ids = rng.randint(2, 5, (batch, length))  # none is 26 beyond a multiple of 5
        expect_input(student, ids, tokens, positions, 26, "The input of few tokens")
        expect_input(student, ids, tokens.double(), positions.double(), 7, "The input in fp64")
    ids = some_ids(rng, 2, 3, 5)
    sizes = {"rtol": 0.02, "atol": 0.02}
    got = student.model_input(ids, tokens.bfloat16(), positions.bfloat16(), 3)
    right = (tokens.bfloat16()[ids] + positions.bfloat16()[3:6]).detach()
    expect_close(got, right, what="The input in bf16", mistakes={}, **sizes)


@exercise("model_input")
def test_ids_and_positions_without_a_row(student, rng):
    tokens, positions = rng.randn(6, 8), rng.randn(80, 8)
    ids = some_ids(rng, 2, 3, 6)
    in_drawn_order(
        rng,
        *outside_ids(rng, lambda ids: student.model_input(ids, tokens, positions, 9), "model_input", 6, [(0, 2)]),
        past_the_end(
            positions,
            lambda start, count: student.model_input(ids[:, :count], tokens, positions, start),
            "model_input",
            78,
            3,
        ),
        lambda: expect_input(student, ids, tokens, positions, 77, "The input up to the last position"),
    )
