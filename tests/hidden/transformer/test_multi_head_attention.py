"""Hidden checks of `multi_head_attention`."""

import torch
from torch import nn
from transformer_oracles import (
    LEGAL_HEADS,
    TOL_BF16,
    TOL_FP32,
    attended,
    attention_call,
    attention_mistakes,
    expect_attention,
    expect_gradients,
    expect_result,
    ragged_mask,
    triangle,
    uncuttable_heads,
)

from autograder import builders
from autograder.checks import exercise, expect_close, in_drawn_order


@exercise("multi_head_attention", points=2)
def test_it_is_torchs_own_attention(student, rng):
    mask = ragged_mask(rng, 6, 6)
    x, w_qkv, b_qkv, w_o, b_o, heads, _ = attention_call(rng, 3, 6, 12, rng.choice([2, 3, 4]))
    own = nn.MultiheadAttention(12, heads, batch_first=True)
    with torch.no_grad():
        for parameter, value in (
            (own.in_proj_weight, w_qkv.T),
            (own.in_proj_bias, b_qkv),
            (own.out_proj.weight, w_o.T),
            (own.out_proj.bias, b_o),
        ):
            parameter.copy_(value)
        for call in ((x, w_qkv, b_qkv, w_o, b_o, heads, mask), (x, w_qkv, b_qkv, w_o, b_o, heads)):
            expected = own(x, x, x, attn_mask=None if len(call) == 6 else ~mask, need_weights=False)[0]
            expect_close(
                student.multi_head_attention(*call),
                expected,
                what="The attention of nn.MultiheadAttention's weights",
                mistakes=attention_mistakes(*call),
                **TOL_FP32,
            )


@exercise("multi_head_attention")
def test_it_is_hugging_faces_attention(student, rng):
    layer = builders.tiny_gpt2(rng.randint(0, 1 << 30), width=12, layers=1).transformer.h[0].attn
    x, scale = 2 * rng.randn(2, 5, 12), 8
    with torch.no_grad():
        layer.c_attn.weight.mul_(scale)
        layer.c_proj.weight.mul_(scale)
        hidden = torch.zeros(5, 5).masked_fill(~triangle(5, 5), torch.finfo(torch.float32).min)
        expected = layer(x, attention_mask=hidden[None, None])[0]
    weights = [one.detach() for part in (layer.c_attn, layer.c_proj) for one in (part.weight, part.bias)]
    call = (x, *weights, 3, triangle(5, 5))
    got = student.multi_head_attention(*call)
    expect_result(got, expected, "The attention of a tiny GPT-2", attention_mistakes(*call))


@exercise("multi_head_attention")
def test_heads_change_places_and_nothing_moves(student, rng):
    # Two heads' columns of all three parts of w_qkv and rows of w_o, swapped together
    mask = ragged_mask(rng, 2, 1, 5, 5)
    x, w_qkv, b_qkv, w_o, b_o, heads, _ = attention_call(rng, 2, 5, 12, 4)
    order = torch.tensor(rng.permutation(range(4)))
    within = (order[:, None] * 3 + torch.arange(3)).flatten()
    columns = torch.cat([within + part * 12 for part in range(3)])
    swapped = (x, w_qkv[:, columns], b_qkv[columns], w_o[within], b_o, heads, mask)
    expect_close(
        student.multi_head_attention(*swapped),
        attended(x, w_qkv, b_qkv, w_o, b_o, heads, mask),
        what="The attention after heads have changed places",
        mistakes=attention_mistakes(*swapped),
        **TOL_FP32,
    )
    tokens = torch.tensor(rng.permutation(range(5)))
    moved = (x[:, tokens], w_qkv, b_qkv, w_o, b_o, heads, mask[:, :, tokens][..., tokens])
    expect_close(
        student.multi_head_attention(*moved),
        attended(x, w_qkv, b_qkv, w_o, b_o, heads, mask)[:, tokens],
        what="The attention after tokens and mask were moved together",
        mistakes=attention_mistakes(*moved),
        **TOL_FP32,
    )


@exercise("multi_head_attention")
def test_a_hidden_key_is_as_good_as_none(student, rng):
    mask = ragged_mask(rng, 5, 5)
    hidden = rng.randint(0, 4)
    mask[:, hidden] = False
    mask[:, 4] = True
    mask[hidden, hidden] = True
    call = list(attention_call(rng, 2, 5, 8, 2, mask))
    call[0] = call[0].clone()
    call[0][:, hidden] = 1000 * rng.randn(2, 8)  # its own row apart, nobody may look there
    expect_attention(student, tuple(call), "The attention with a key that is hidden", {"rtol": 1e-3, "atol": 1e-3})


@exercise("multi_head_attention")
def test_one_key_to_look_at(student, rng):
    # Each query may look at one key: its value comes through, whatever the scores
    length, order = 6, torch.tensor(rng.permutation(range(6)))
    mask = torch.zeros(length, length, dtype=torch.bool)
    mask[torch.arange(length), order] = True
    call = attention_call(rng, 2, length, 6, 3, mask, spread=2.0)
    expect_attention(student, call, "The attention where each query may look at one key", {"rtol": 1e-3, "atol": 1e-4})
    many = attention_call(rng, 4, 3, 6, 2, ragged_mask(rng, 4, 1, 3, 3))
    expect_attention(student, many, "The attention of four texts with a mask each")


@exercise("multi_head_attention")
def test_scores_of_ten_thousand(student, rng):
    x, w_qkv, b_qkv, w_o, b_o, heads, _ = attention_call(rng, 2, 5, 8, 2)
    w_qkv = w_qkv.clone()
    w_qkv[:, :8] *= 1000
    for mask in rng.permutation((None, ragged_mask(rng, 5, 5), ragged_mask(rng, 2, 1, 5, 5))):
        call = (x, w_qkv, b_qkv, w_o, b_o, heads, mask)
        expect_attention(student, call, "The attention with large scores", {"rtol": 1e-2, "atol": 1e-2})


@exercise("multi_head_attention")
def test_attention_in_every_dtype_and_size(student, rng):
    for dtype, tolerance in rng.permutation(((torch.float64, TOL_FP32), (torch.bfloat16, TOL_BF16))):
        call = attention_call(rng, 2, 4, 8, 2, triangle(4, 4), spread=0.15)
        cast = [one.to(dtype) if isinstance(one, torch.Tensor) and one.is_floating_point() else one for one in call]
        got, right = student.multi_head_attention(*cast), attended(*cast)
        expect_result(got, right, "The attention in another dtype", tolerance=tolerance)
    for batch, length, heads in rng.permutation(((1, 2, 8), (8, 2, 4), (1, 1, 1), (2, 8, 1))):
        call = attention_call(rng, batch, length, 8, heads, triangle(length, length))
        expect_attention(student, call, "The attention of few tokens or heads")


@exercise("multi_head_attention")
def test_what_heads_attention_rejects(student, rng):
    width = 2 * rng.randint(7, 10)
    call = attention_call(rng, 1, 3, width, width, triangle(3, 3))

    def ask(heads):
        return student.multi_head_attention(*call[:5], heads, call[6])

    in_drawn_order(
        rng,
        *uncuttable_heads(rng, ask, "multi_head_attention", width),
        lambda: expect_attention(
            student, call, "The attention with as many heads as numbers", legal=LEGAL_HEADS, kinds=("ValueError",)
        ),
    )


@exercise("multi_head_attention")
def test_gradients_with_a_mask_for_each_text_and_none(student, rng):
    for mask in rng.permutation((None, ragged_mask(rng, 2, 1, 3, 3))):
        call = list(attention_call(rng, 2, 3, 4, 2, mask))
        expect_gradients(student, "multi_head_attention", attended, call, rng.randn(2, 3, 4), attention_mistakes(*call))
