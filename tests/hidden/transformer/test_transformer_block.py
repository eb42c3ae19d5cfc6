"""Hidden checks of `transformer_block`."""

import torch
from transformer_oracles import (
    TOL_BF16,
    TOL_FP32,
    block_mistakes,
    block_params,
    blocked,
    expect_block,
    expect_gradients,
    expect_result,
    ragged_mask,
    triangle,
)

from autograder import builders
from autograder.checks import exercise, expect_close


@exercise("transformer_block", points=2)
def test_it_is_hugging_faces_block(student, rng):
    layer = builders.tiny_gpt2(rng.randint(0, 1 << 30), width=12, layers=1).transformer.h[0]
    x = 2 * rng.randn(2, 5, 12)
    with torch.no_grad():
        for part in (layer.attn.c_attn, layer.attn.c_proj, layer.mlp.c_fc, layer.mlp.c_proj):
            part.weight.mul_(6)
        hidden = torch.zeros(5, 5).masked_fill(~triangle(5, 5), torch.finfo(torch.float32).min)
        given = layer(x, attention_mask=hidden[None, None])
        expected = given[0] if isinstance(given, tuple) else given
    params = {name: one.detach() for name, one in layer.state_dict().items()}
    expect_close(
        student.transformer_block(x, params, 3, triangle(5, 5)),
        expected,
        what="What a tiny GPT-2's block gives",
        mistakes=block_mistakes(x, params, 3, triangle(5, 5)),
        **TOL_FP32,
    )


@exercise("transformer_block")
def test_masks_for_each_text_and_many_names(student, rng):
    params = block_params(rng, 8, 5)
    more = {f"extra.{number}": rng.randn(3) for number in range(3)}
    everything = dict(rng.permutation({**params, **more}.items()))
    for mask in rng.permutation((ragged_mask(rng, 3, 1, 4, 4), ragged_mask(rng, 4, 4), None)):
        expect_block(student, 2 * rng.randn(3, 4, 8), everything, rng.choice([2, 4]), mask, "What a block gives")


@exercise("transformer_block")
def test_a_block_writes_nothing_where_its_outputs_are_0(student, rng):
    params, x = block_params(rng, 6, 24), 2 * rng.randn(2, 4, 6)
    silent = {
        "attn.c_proj": ("attn.c_proj.weight", "attn.c_proj.bias"),
        "mlp.c_proj": ("mlp.c_proj.weight", "mlp.c_proj.bias"),
    }
    for parts in rng.permutation((["attn.c_proj"], ["mlp.c_proj"], ["attn.c_proj", "mlp.c_proj"])):
        zero = [name for part in parts for name in silent[part]]
        quiet = {name: torch.zeros_like(one) if name in zero else one for name, one in params.items()}
        expect_block(student, x, quiet, 2, triangle(4, 4), "What a block gives of which a part is silent")
    expect_block(student, x, params, 2, triangle(4, 4), "What the whole block gives")


@exercise("transformer_block")
def test_streams_of_any_size(student, rng):
    params = block_params(rng, 6, 24)
    for size in rng.permutation((0.002, 1.0, 300.0)):
        small = {name: (0.001 * one if name.startswith("attn.c_proj") else one) for name, one in params.items()}
        stream, tolerance = size * rng.randn(2, 3, 6), {"rtol": 1e-4, "atol": 1e-4}
        expect_block(student, stream, small, 3, None, "What a block gives for a stream of any size", tolerance)


@exercise("transformer_block")
def test_blocks_in_every_dtype_and_length(student, rng):
    for batch, length, heads in rng.permutation(((1, 9, 3), (2, 1, 2), (4, 2, 6))):
        params = block_params(rng, 6, 13)
        expect_block(
            student, rng.randn(batch, length, 6), params, heads, triangle(length, length), "What a block gives"
        )
    params = {name: (0.5 * one).bfloat16() for name, one in block_params(rng, 6, 8).items()}
    x = rng.randn(2, 3, 6).bfloat16()
    expect_result(
        student.transformer_block(x, params, 2, triangle(3, 3)),
        blocked(x, params, 2, triangle(3, 3)),
        "What a block gives in bf16",
        tolerance=TOL_BF16,
    )


@exercise("transformer_block")
def test_gradients_of_a_block_without_a_mask(student, rng):
    arguments = [2 * rng.randn(1, 3, 6), block_params(rng, 6, 4), 3, None]
    expect_gradients(student, "transformer_block", blocked, arguments, rng.randn(1, 3, 6), block_mistakes(*arguments))
