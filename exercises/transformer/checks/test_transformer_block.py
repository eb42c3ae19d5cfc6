"""Checks of `transformer_block`."""

import torch
from transformer_oracles import (
    OTHER_NAMES,
    block_mistakes,
    block_params,
    blocked,
    expect_block,
    expect_gradients,
    ragged_mask,
    triangle,
)

from autograder import builders
from autograder.checks import exercise

EARLIER = "What an earlier call was given is used again."


@exercise("transformer_block", points=2)
def test_transformer_block_docstring_example(student, rng):
    # First a block with which each mistake gives something else
    mask = triangle(5, 5)
    expect_block(student, 2 * rng.randn(2, 5, 6), block_params(rng, 6, 24), 3, mask, "What a block gives")
    params = {name: torch.zeros_like(one) for name, one in block_params(rng, 2, 1).items()}
    params["attn.c_proj.bias"] = torch.tensor([3.0, 0])
    params["ln_2.weight"] = torch.ones(2)
    params["mlp.c_fc.weight"] = torch.tensor([[1.0], [0]])
    params["mlp.c_proj.weight"] = torch.tensor([[0.0, 10]])
    expect_block(student, torch.tensor([[[1.0, 2]]]), params, 1, None, "What the docstring's block gives", named=False)


@exercise("transformer_block")
def test_the_mask_reaches_attention(student, rng):
    x, params = 2 * rng.randn(2, 5, 6), block_params(rng, 6, 24)
    for mask in rng.permutation((None, ragged_mask(rng, 5, 5), ragged_mask(rng, 2, 1, 5, 5))):
        expect_block(student, x, params, 2, mask, "What a block gives under a mask or none")


@exercise("transformer_block")
def test_gpt2s_block_and_other_names(student, rng):
    state = builders.tiny_state(rng.randint(0, 1 << 30), width=12, layers=1, vocabulary=3, positions=3)
    params = {name.removeprefix("h.0."): 3 * one for name, one in state.items() if name.startswith("h.0.")}
    x, mask = rng.randn(2, 4, 12), triangle(4, 4)
    expect_block(student, x, params, 3, mask, "What a tiny GPT-2's block gives")
    more = {"attn.bias": torch.ones(1, 1, 9, 9), "ln_3.weight": rng.randn(12), "h.0.ln_1.weight": rng.randn(12)}
    more |= {"attn.c_attn.scale": rng.randn(3), "mlp.c_gate.weight": rng.randn(12, 48)}
    everything = dict(rng.permutation({**params, **more}.items()))
    expect_block(student, x, everything, 3, mask, "What a block gives for params of more names", legal=OTHER_NAMES)


@exercise("transformer_block")
def test_the_norms_eps_is_that_of_gpt2(student, rng):
    # A spread of some thousandths, where an eps of 1e-5 counts
    params = block_params(rng, 6, 24)
    for name in ("attn.c_proj.weight", "attn.c_proj.bias"):
        params[name] = 0.001 * params[name]
    x = 0.003 * rng.randn(2, 4, 6)
    expect_block(student, x, params, 2, triangle(4, 4), "What a block gives for a stream of a small spread")


@exercise("transformer_block")
def test_the_gradient_of_a_block_reaches_everything(student, rng):
    x, params, mask = 2 * rng.randn(2, 3, 4), block_params(rng, 4, 7), triangle(3, 3)
    arguments = [x, params, 2, mask]
    expect_gradients(student, "transformer_block", blocked, arguments, rng.randn(2, 3, 4), block_mistakes(*arguments))


@exercise("transformer_block")
def test_any_text_and_this_calls_block(student, rng):
    params = block_params(rng, 6, 24)
    for batch, length, heads in rng.permutation(((1, 1, 1), (1, 7, 6), (3, 2, 2))):
        expect_block(
            student, 2 * rng.randn(batch, length, 6), params, heads, triangle(length, length), "A block's result"
        )
    x, params, other = 2 * rng.randn(2, 4, 9), block_params(rng, 9, 5), block_params(rng, 9, 5)
    expect_block(student, x, params, 3, None, "What one block gives")
    earlier = {EARLIER: blocked(x, params, 3, None)}
    expect_block(student, x, other, 3, None, "What another block gives", also=earlier)
    wide = {name: one.double() for name, one in params.items()}
    expect_block(student, x.double() + 1, wide, 3, None, "What a block gives in fp64", also=earlier)
