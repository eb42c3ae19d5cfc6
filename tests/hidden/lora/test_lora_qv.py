"""Hidden checks of `lora_qv`."""

import torch
from lora_oracles import SMALLEST_RANK, expect_accepted
from torch import nn

from autograder import builders
from autograder.checks import StudentError, exercise, expect_close, expect_equal, expect_error, fail, probe


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
        weight = c_attn(torch.eye(16)) - c_attn(torch.zeros(1, 16))  # (D, 3·D)
        return {"weight": weight, "hidden": model(token_ids).last_hidden_state, "moving": moving}


@exercise("lora_qv", points=2)
def test_query_and_value_updates_have_rank_r(student, rng):
    seed, r, token_ids = rng.randint(0, 1 << 30), 3, rng.randint(1, 53, (2, 4))
    result = student.run(filled_qv, seed, r, 5, 0.5 * rng.randn(2000), token_ids)
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).transformer
    c_attn = model.h[0].attn.c_attn
    update = result["weight"] - c_attn.weight.detach()
    query, key, value = update.chunk(3, dim=1)  # (D, D) each

    def rank(matrix):
        return int(torch.linalg.matrix_rank(matrix, atol=1e-3))

    if key.abs().max() > 1e-4:
        fail("The keys change too; adapters belong beside query and value only.")
    if (rank(query), rank(value)) != (r, r):
        fail("The update of query or value does not have rank r.")
    if rank(torch.cat([query, value], dim=1)) != 2 * r:
        fail("Query and value share one of their matrices; each needs an A and a B of its own.")
    # With the update in the weight itself a plain GPT-2 must give the same.
    with torch.no_grad():
        c_attn.weight += update
        expected = model(token_ids).last_hidden_state
    expect_close(
        result["hidden"], expected, what="The hidden states of a GPT-2 with filled adapters", rtol=1e-3, atol=1e-3
    )
    if result["moving"] != 2 * r * 16:
        fail("At the start, exactly one matrix of each adapter must learn: one of the two is zero, the other is not.")


@probe
def qv_of_something_else(student):
    """lora_qv of a model that is no GPT-2."""
    student.lora_qv(nn.Sequential(nn.Linear(4, 3)), 2, 7)


@probe
def qv_of_gpt2(student, layers):
    """What lora_qv returns for a GPT-2 of so many blocks, with adapters of rank 1."""
    return student.lora_qv(builders.tiny_gpt2(1, width=16, heads=2, layers=layers), 1, 7)


@exercise("lora_qv")
def test_a_model_without_c_attn_is_an_error(student, rng):
    layers = rng.randint(1, 5)
    with expect_error("ValueError", what="lora_qv of a model without c_attn", explained=True):
        student.run(qv_of_something_else)
    # a function that rejects everything must not pass
    with expect_accepted(SMALLEST_RANK):
        count = student.run(qv_of_gpt2, layers)
    expect_equal(count, layers, what="What lora_qv returns, the number of blocks,")


@probe
def qv_elsewhere(student, seed):
    """What c_attn of a GPT-2 in float64 computes right after lora_qv, W + b (D, 3·D), and the dtype of each tensor.

    And the devices of one on the device "meta", which has shapes but no memory; every machine has it.
    """
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1)
    meta = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).to("meta")
    student.lora_qv(model.double(), 2, 7)
    student.lora_qv(meta, 2, 7)
    return {
        "output": model.transformer.h[0].attn.c_attn(torch.eye(16).double()),
        "dtypes": [str(tensor.dtype) for tensor in model.parameters()],
        "devices": [str(tensor.device) for tensor in meta.parameters()],
    }


@exercise("lora_qv")
def test_adapters_have_the_dtype_and_device_of_c_attn(student, rng):
    seed = rng.randint(0, 1 << 30)
    try:
        start = student.run(qv_elsewhere, seed)
    except StudentError as error:
        fail("lora_qv fails on a GPT-2 of another dtype or on another device.", got=str(error))
    if set(start["dtypes"]) != {"torch.float64"}:
        fail("The adapters do not take c_attn's dtype.")
    if set(start["devices"]) != {"meta"}:
        fail("The adapters do not go to c_attn's device, so the model fails on a GPU.")
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).double()
    with torch.no_grad():
        expected = model.transformer.h[0].attn.c_attn(torch.eye(16).double())
    expect_close(start["output"], expected, what="c_attn after lora_qv of a GPT-2 in float64", rtol=0, atol=1e-12)
