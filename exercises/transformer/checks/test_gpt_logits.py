"""Checks of `gpt_logits`."""

import torch
from transformer_oracles import (
    FITS,
    OTHER_NAMES,
    TOL_BF16,
    expect_gradients,
    expect_logits,
    forward,
    gpt_params,
    logits_mistakes,
    too_long,
)

from autograder import builders
from autograder.checks import exercise, in_drawn_order

EARLIER = "What an earlier call was given is used again."


def some_ids(rng, batch, length, vocab=11):
    """ids with 0 and the last one among them, a token twice in a text, and no two texts alike."""
    ids = rng.randint(1, vocab - 1, (batch, length))
    ids[:, 1] = torch.tensor(rng.permutation(range(1, vocab - 1))[:batch])
    ids[0, 0], ids[-1, -1] = 0, vocab - 1
    return ids


@exercise("gpt_logits", points=2)
def test_gpt_logits_docstring_example(student, rng):
    # First a model with which each mistake gives something else
    expect_logits(student, some_ids(rng, 2, 5), gpt_params(rng), 3, "The logits of two texts")
    params = {
        "wte.weight": torch.tensor([[2.0, 0], [0, 1], [1, 1]]),
        "wpe.weight": torch.tensor([[0.0, 0], [3, 0]]),
        "ln_f.weight": torch.ones(2),
        "ln_f.bias": torch.zeros(2),
    }
    expect_logits(student, torch.tensor([[0, 1]]), params, 1, "The docstring's logits", named=False)


@exercise("gpt_logits", points=2)
def test_a_position_depends_on_what_is_before_it_alone(student, rng):
    params, ids = gpt_params(rng), some_ids(rng, 2, 8)
    expect_logits(student, ids, params, 2, "The logits of texts")
    for changed in rng.permutation((0, rng.randint(2, 7))):
        other = ids.clone()
        other[:, changed] = (other[:, changed] + rng.randint(1, 10)) % 11
        expect_logits(student, other, params, 2, "The logits of texts with another token")
    length = rng.randint(3, 6)
    expect_logits(student, ids[:, :length], params, 2, "The logits of the beginnings of texts")


@exercise("gpt_logits")
def test_as_many_blocks_as_there_are(student, rng):
    ids = some_ids(rng, 2, 4)
    for layers in rng.permutation((0, 3)):
        expect_logits(student, ids, gpt_params(rng, width=6, layers=layers), 3, "The logits of a few blocks")
    many = gpt_params(rng, width=4, layers=rng.randint(13, 15), inner=4)
    shuffled = dict(rng.permutation(many.items()))
    expect_logits(student, ids, shuffled, 2, "The logits of many blocks", {"rtol": 1e-3, "atol": 1e-3})


@exercise("gpt_logits")
def test_a_tiny_gpt2_and_other_names(student, rng):
    state = builders.tiny_state(rng.randint(0, 1 << 30), width=12, vocabulary=19, positions=8)
    state["wte.weight"] = 10 * state["wte.weight"]
    ids = some_ids(rng, 2, 6, 19)
    expect_logits(student, ids, state, 3, "The logits of a tiny GPT-2")
    more = {"lm_head.weight": rng.randn(19, 12), "h.0.attn.bias": torch.ones(1, 1, 8, 8), "h.norm": rng.randn(12)}
    more |= {"h.1.attn.masked_bias": torch.tensor(-1e4), "wte.bias": rng.randn(12), "config": torch.zeros(3)}
    more |= {f"adapter.{number}.weight": rng.randn(2) for number in range(12)}
    everything = dict(rng.permutation({**state, **more}.items()))
    expect_logits(student, ids, everything, 3, "The logits for params of more names", legal=OTHER_NAMES)


@exercise("gpt_logits")
def test_a_text_that_is_too_long_is_an_error(student, rng):
    positions = rng.randint(13, 17)
    params = gpt_params(rng, width=6, layers=1, positions=positions)
    longest, many = some_ids(rng, 2, positions), rng.randint(0, 11, (positions + 2, 2))
    in_drawn_order(
        rng,
        too_long(rng, student, params, 2, positions, positions + 1),
        too_long(rng, student, params, 2, positions, positions + rng.randint(10, 30)),
        lambda: expect_logits(
            student, longest, params, 2, "The logits of a text as long as the table", legal=FITS, kinds=("ValueError",)
        ),
        lambda: expect_logits(
            student, many, params, 2, "The logits of more texts than positions", legal=FITS, kinds=("ValueError",)
        ),
    )


@exercise("gpt_logits")
def test_the_gradient_of_the_logits_reaches_everything(student, rng):
    params, ids = gpt_params(rng, width=4, inner=7), some_ids(rng, 2, 4)
    arguments = [ids, params, 2]
    expect_gradients(student, "gpt_logits", forward, arguments, rng.randn(2, 4, 11), logits_mistakes(*arguments))


@exercise("gpt_logits")
def test_few_tokens_any_dtype_this_calls_model(student, rng):
    params, other = gpt_params(rng, width=10, layers=1), gpt_params(rng, width=10, layers=1)
    for batch, length in rng.permutation(((1, 1), (5, 3))):
        expect_logits(student, rng.randint(0, 11, (batch, length)), params, 2, "The logits of few tokens")
    ids = some_ids(rng, 3, 4)
    expect_logits(student, ids, params, 2, "The logits of one model")
    earlier = {EARLIER: forward(ids, params, 2)}
    expect_logits(student, ids, other, 2, "The logits of another model", also=earlier)
    wide = {name: one.double() for name, one in params.items()}
    expect_logits(student, ids, wide, 2, "The logits in fp64")
    low = {name: one.bfloat16() for name, one in gpt_params(rng, width=6, layers=0).items()}
    expect_logits(student, ids, low, 2, "The logits in bf16", TOL_BF16)
