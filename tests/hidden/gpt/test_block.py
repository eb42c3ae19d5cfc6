"""Hidden checks of `Block`."""

from dataclasses import replace

import torch
from gpt_hidden_oracles import gpt2_of
from gpt_oracles import (
    TOL_FP32,
    TOL_FP64,
    Module,
    Sizes,
    draw_input,
    draw_module,
    draw_numbers,
    expect_block_dropped,
    expect_gradients,
)

from autograder.checks import exercise, expect_close

PART = "Block"


@exercise(PART)
def test_it_is_a_block_of_gpt2(student, rng):
    module = draw_module(rng, PART)
    width = module.sizes.width
    x = draw_input(rng, module, 2, 7)
    (got,) = module.ask(student, ["call", x])
    reading = module.expect(got, x, "What the block gives")
    rest = {
        "tokens": torch.zeros(module.sizes.vocab, width),
        "positions": torch.zeros(module.sizes.positions, width),
        "norm": (torch.ones(width), torch.zeros(width)),
    }
    theirs = gpt2_of({**rest, "blocks": [reading, reading]}, replace(module.sizes, layers=2))
    with torch.no_grad():
        expected = theirs.transformer(inputs_embeds=x, output_hidden_states=True).hidden_states[1]
    expect_close(got, expected, what="What the block gives beside Hugging Face's", **TOL_FP32)


@exercise(PART)
def test_block_in_float64_and_other_sizes(student, rng):
    for heads, width in ((1, 7), (5, 5), (4, 12)):
        sizes = Sizes(23, 9, width, 1, heads)
        module = Module(PART, sizes, draw_numbers(rng, sizes))
        x = draw_input(rng, module, 3, 9).double()
        steps = [["to", "float64"], ["fill", module.numbers.double(), module.matrices]]
        got, small = module.ask(student, *steps, ["call", x], ["without graph", x / 1000])
        module.expect(got, x, "What the block gives in float64", TOL_FP64)
        module.expect(small, x / 1000, "What the block gives in float64", TOL_FP64)


@exercise(PART)
def test_block_hides_what_lies_ahead(student, rng):
    module = draw_module(rng, PART)
    x = draw_input(rng, module, 2, 6)
    later, first = x.clone(), x.clone()
    later[:, 3:] += rng.randn(*x[:, 3:].shape)
    first[:, 0] += 3 * rng.randn(*x[:, 0].shape)
    for one, got in zip((x, later, first), module.ask(student, *(["call", y] for y in (x, later, first))), strict=True):
        module.expect(got, one, "What the block gives")


@exercise(PART)
def test_block_drops_nothing_in_eval_mode(student, rng):
    module = draw_module(rng, PART, dropout=0.5)
    x = draw_input(rng, module, 3, 5)
    first, second, _, after = module.ask(
        student, ["call", x], ["call", x], ["train"], ["call", x], ["train", False], ["call", x]
    )
    for got in (first, second, after):
        module.expect(got, x, "What the block gives")
    expect_block_dropped(student, rng)


@exercise(PART)
def test_block_passes_gradients_on_through_both_sublayers(student, rng):
    module = draw_module(rng, PART)
    cut = "A parameter or the input gets no gradient: it is cut off, or isn't used."
    expect_gradients(student, rng, module, draw_input(rng, module, 3, module.sizes.positions), cut)
