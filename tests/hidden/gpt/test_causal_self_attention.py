"""Hidden checks of `CausalSelfAttention`."""

import torch
from gpt_oracles import (
    TOL_FP32,
    TOL_FP64,
    Module,
    Sizes,
    attended,
    draw_input,
    draw_module,
    draw_numbers,
    expect_attention_dropped,
    expect_gradients,
)
from torch import nn

from autograder.checks import exercise, expect_close, expect_equal, fail, in_drawn_order, rejected

PART = "CausalSelfAttention"


@exercise(PART)
def test_attention_of_one_head_and_of_many(student, rng):
    for heads, width in ((1, 7), (6, 6), (4, 20)):
        sizes = Sizes(23, 9, width, 1, heads)
        module = Module(PART, sizes, draw_numbers(rng, sizes))
        x = draw_input(rng, module, 3, 6)
        got, swapped = module.ask(student, ["call", x], ["call", x.flip(0)])
        module.expect(got, x, "What attention gives")
        module.expect(swapped, x.flip(0), "What attention gives")


@exercise(PART)
def test_attention_in_float64_and_strided(student, rng):
    module = draw_module(rng, PART)
    x = draw_input(rng, module, 2, module.sizes.positions).double()
    strided = x.transpose(0, 1).contiguous().transpose(0, 1)
    steps = [["to", "float64"], ["fill", module.numbers.double(), module.matrices]]
    for one in module.ask(student, *steps, ["call", x], ["call", strided], ["without graph", x]):
        module.expect(one, x, "What attention gives in float64", TOL_FP64)


@exercise(PART)
def test_attention_of_a_growing_text(student, rng):
    module = draw_module(rng, PART)
    x = draw_input(rng, module, 2, module.sizes.positions)
    whole, *parts = module.ask(student, ["call", x], *(["call", x[:, :t].contiguous()] for t in (1, 2, 5, 9)))
    module.expect(whole, x, "What attention gives")
    for t, part in zip((1, 2, 5, 9), parts, strict=True):
        expect_close(part, whole[:, :t], what="What attention gives", rtol=1e-4, atol=1e-4)


@exercise(PART)
def test_attention_leaks_nothing_at_large_scores(student, rng):
    module = draw_module(rng, PART)
    x = 300 * draw_input(rng, module, 12, 3)
    other = x.clone()
    other[:, 1:] = 300 * rng.randn(*other[:, 1:].shape)
    small, one, two = module.ask(student, ["call", x / 300], ["call", x], ["call", other])
    reading = module.expect(small, x / 300, "What attention gives")
    expected = attended(x[:, :1].double(), reading, module.sizes.heads).float()
    for got in (one, two):
        if not torch.allclose(got[:, :1], expected, rtol=1e-3, atol=1e-3 * float(expected.abs().max())):
            fail("What lies ahead has weight where all scores of the past are far below 0: hide it with -inf.")


@exercise(PART)
def test_attention_passes_gradients_on_to_every_position(student, rng):
    module = draw_module(rng, PART)
    cut = "A parameter or the input gets no gradient: it is cut off, or isn't used."
    expect_gradients(student, rng, module, draw_input(rng, module, 3, module.sizes.positions), cut)


@exercise(PART)
def test_attention_drops_at_other_rates(student, rng):
    expect_attention_dropped(student, rng, rng.choice([0.15, 0.75]), rows=1500)
    sizes = Sizes(23, 9, 6, 1, 2, 1.0)
    module = Module(PART, sizes, draw_numbers(rng, sizes))
    x = draw_input(rng, module, 2, 5)
    before, dropped, after = module.ask(student, ["call", x], ["train"], ["call", x], ["train", False], ["call", x])
    module.expect(before, x, "What attention gives")
    expect_equal(dropped, torch.zeros_like(x), what="What attention gives in train mode at a dropout of 1")
    module.expect(after, x, "What attention gives")
    # at 0 train mode is eval mode
    module = draw_module(rng, PART)
    x = draw_input(rng, module)
    (got,) = module.ask(student, ["train"], ["call", x])
    module.expect(got, x, "What attention gives in train mode without dropout")


@exercise(PART)
def test_other_heads_that_do_not_divide(student, rng):
    unnamed = "The error for heads that don't divide the width doesn't name both."
    good = draw_module(rng, PART)

    def refused(heads, width):
        module = Module(PART, Sizes(31, 29, width, 1, heads), torch.zeros(1))
        what = "A number of heads that doesn't divide the width"
        return rejected(lambda: module.ask(student), what, heads, width, unnamed=unnamed)

    def taken():
        x = draw_input(rng, good)
        (got,) = good.ask(student, ["call", x])
        good.expect(got, x, "What attention gives")

    width = rng.choice([10, 14, 22])
    in_drawn_order(rng, refused(4, width), refused(width + 2, width), refused(width * 2, width), taken)


@exercise(PART)
def test_it_is_pytorchs_own_attention(student, rng):
    module = draw_module(rng, PART)
    width, heads = module.sizes.width, module.sizes.heads
    x = draw_input(rng, module, 2, 7)
    (got,) = module.ask(student, ["call", x])
    reading = module.expect(got, x, "What attention gives")
    theirs = nn.MultiheadAttention(width, heads, batch_first=True)
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([weight for weight, _ in reading[:3]]))
        theirs.in_proj_bias.copy_(torch.cat([bias for _, bias in reading[:3]]))
        theirs.out_proj.weight.copy_(reading[3][0])
        theirs.out_proj.bias.copy_(reading[3][1])
        ahead = torch.ones(7, 7, dtype=torch.bool).triu(1)
        expected, _ = theirs(x, x, x, attn_mask=ahead, need_weights=False)
    expect_close(got, expected, what="What attention gives beside nn.MultiheadAttention", **TOL_FP32)
