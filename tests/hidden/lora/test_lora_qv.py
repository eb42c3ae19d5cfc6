"""Hidden checks of `lora_qv`."""

import torch
from lora_oracles import expect_qv_like_c_attn, expect_qv_needs_gpt2, expect_ranks

from autograder import builders
from autograder.checks import exercise, expect_close, fail, probe


@probe
def filled_qv(student, seed, r, alpha, values, token_ids):
    """A GPT-2 without head after lora_qv: how many parameters learn at first; then filled: c_attn's weight, output."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).transformer
    student.lora_qv(model, r, alpha)
    trained = [tensor for tensor in model.parameters() if tensor.requires_grad]
    model(token_ids).last_hidden_state.pow(3).mean().backward()
    moving = sum(tensor.numel() for tensor in trained if tensor.grad is not None and bool(tensor.grad.any()))

    # Fill A and B, whatever their names and shapes
    with torch.no_grad():
        start = 0
        for tensor in trained:
            tensor.copy_(values[start : start + tensor.numel()].view_as(tensor))
            start += tensor.numel()

        # Read off: c_attn(x) = x W + b
        c_attn = model.h[0].attn.c_attn
        weight = (c_attn(torch.eye(16)[None]) - c_attn(torch.zeros(1, 1, 16)))[0]  # (D, 3·D)
        return {"weight": weight, "hidden": model(token_ids).last_hidden_state, "moving": moving}


@exercise("lora_qv", points=2)
def test_query_and_value_updates_have_rank_r(student, rng):
    seed, r, token_ids = rng.randint(0, 1 << 30), 3, rng.randint(1, 53, (2, 4))
    result = student.run(filled_qv, seed, r, 5, 0.5 * rng.randn(2000), token_ids)
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).transformer
    c_attn = model.h[0].attn.c_attn
    update = result["weight"] - c_attn.weight.detach()
    expect_ranks(update, r)
    # With the update in the weight itself a plain GPT-2 must give the same.
    with torch.no_grad():
        c_attn.weight += update
        expected = model(token_ids).last_hidden_state
    expect_close(
        result["hidden"], expected, what="The hidden states of a GPT-2 with filled adapters", rtol=1e-3, atol=1e-3
    )
    if result["moving"] != 2 * r * 16:
        fail("At the start, exactly one matrix of each adapter must learn: one of the two is zero, the other is not.")


@exercise("lora_qv")
def test_a_model_without_c_attn_is_an_error(student, rng):
    expect_qv_needs_gpt2(student, rng, "q_proj", "c_fc", "attn")


@exercise("lora_qv")
def test_adapters_have_the_dtype_and_device_of_c_attn(student, rng):
    expect_qv_like_c_attn(student, rng, "bfloat16", 0.01)  # of numbers below 1, bf16 rounds the third digit
