"""Checks of `lora_qv`."""

import torch
from lora_oracles import TOL_FP32, expect_qv_like_c_attn, expect_qv_needs_gpt2, expect_ranks

from autograder import builders
from autograder.checks import AnyOf, exercise, expect_close, expect_equal, fail, probe


@probe
def effective_qv(student, seed, r, alpha, fill, values):
    """Adapt a GPT-2 with lora_qv, fill every trainable tensor with one value, read each c_attn's W + b (D, 3·D) off.

    Then fill them with those values. And how many parameters get a gradient at the start.
    """
    model = builders.tiny_gpt2(seed, width=18)
    # Something is in train and something in eval mode, something trainable and something frozen
    model.transformer.h[0].train()
    model.transformer.wpe.requires_grad_(False)
    model.transformer.ln_f.bias.grad = torch.ones(18)
    layers, tensors = list(model.modules()), list(model.parameters())

    def state():
        return {
            "modes": [layer.training for layer in layers],
            "trainable": [tensor.requires_grad for tensor in tensors],
            "gradients": [tensor.grad is not None and bool(tensor.grad.all()) for tensor in tensors],
        }

    # Rank 0 must be rejected
    at_first, message = state(), None
    try:
        student.lora_qv(model, 0, alpha)
    except ValueError as error:
        message = str(error)
    after_error = state()
    before = [block.attn.c_attn(torch.eye(18)[None])[0] for block in model.transformer.h]  # (D, 3·D) each

    # Adapt
    model.transformer.wpe.requires_grad_(True)
    count = student.lora_qv(model, r, alpha) if message is not None else 0
    switched = state()["modes"] != at_first["modes"]
    start = [block.attn.c_attn(torch.eye(18)[None])[0] for block in model.transformer.h]
    trained = [tensor for tensor in model.parameters() if tensor.requires_grad]
    loss = sum(weight.pow(3).sum() for weight in start)
    grads = [None] * len(trained)
    if loss.requires_grad:
        grads = torch.autograd.grad(loss, trained, allow_unused=True)
    moving = [tensor.numel() for tensor, grad in zip(trained, grads, strict=True) if grad is not None and grad.any()]

    # Fill
    with torch.no_grad():
        for tensor in trained:
            tensor.fill_(fill)
        after = [block.attn.c_attn(torch.eye(18)[None])[0] for block in model.transformer.h]
        position = 0
        for tensor in trained:
            if position + tensor.numel() <= values.numel():
                tensor.copy_(values[position : position + tensor.numel()].view_as(tensor))
            position += tensor.numel()
        drawn = [block.attn.c_attn(torch.eye(18)[None])[0] for block in model.transformer.h]
        # Other numbers of leading dimensions than in a GPT-2
        ones, ones_error = [], None
        try:
            ones = [model.transformer.h[0].attn.c_attn(torch.ones(shape)) for shape in ((18,), (2, 18), (1, 2, 2, 18))]
        except Exception as error:
            ones_error = f"{type(error).__name__}: {error}"
    return {
        "ones": ones,
        "ones_error": ones_error,
        "message": message,
        "changed": [part for part in at_first if after_error[part] != at_first[part]],
        "frozen": not any(after_error["trainable"]),
        "switched": switched,
        "count": count,
        "trainable": sum(tensor.numel() for tensor in trained),
        "moving": sum(moving),
        "drawn": drawn,
        "before": before,
        "start": start,
        "after": after,
    }


@exercise("lora_qv")
def test_queries_and_values_change_and_keys_do_not(student, rng):
    seed, r, alpha = rng.randint(0, 1 << 30), 2, rng.choice([5, 7, 9])
    result = student.run(effective_qv, seed, r, alpha, 0.5, rng.randn(2 * 4 * r * 18))
    if result["message"] is None:
        fail("lora_qv accepts r = 0; it must raise ValueError before it changes the model.")
    if not result["message"].strip():
        fail("lora_qv with r = 0 raises ValueError without a message; it must say what is wrong.")
    if result["frozen"]:
        fail("lora_qv freezes the model before it rejects r = 0; after an error the model must be as it was.")
    if "trainable" in result["changed"]:
        fail("After an error of lora_qv other tensors are trainable than before.")
    if "modes" in result["changed"] or result["switched"]:
        fail("lora_qv switches the model to train or eval mode; it must leave modes alone.")
    if "gradients" in result["changed"]:
        fail("After an error of lora_qv the model's gradients are gone.")
    expect_close(
        result["start"], result["before"], what="c_attn before any training, which must be the base's,", **TOL_FP32
    )
    with torch.no_grad():
        base = [block.attn.c_attn(torch.eye(18)[None])[0] for block in builders.tiny_gpt2(seed, width=18).transformer.h]
    expect_close(
        result["before"], base, what="c_attn after lora_qv raised ValueError, which must be the base's,", **TOL_FP32
    )

    # Every entry of B A is r · 0.5 · 0.5, so every entry of an adapter's update is alpha · 0.25.
    def change(query, key, value):
        """What is added to c_attn in each of the two blocks: one value for each third of its columns, (D, 3·D)."""
        return [torch.tensor([query, key, value]).repeat_interleave(18).expand(18, 54)] * 2

    full = alpha * 0.25
    expect_close(
        [after - start for after, start in zip(result["after"], result["start"], strict=True)],
        change(full, 0.0, full),
        what="The change of c_attn",
        mistakes={
            "The keys change too; adapters belong beside query and value only.": change(full, full, full),
            "Queries and keys change, not queries and values.": change(full, full, 0.0),
            "Keys and values change, not queries and values.": change(0.0, full, full),
            "Only the queries change; the values need an adapter too.": change(full, 0.0, 0.0),
            "Only the first block is adapted.": [change(full, 0.0, full)[0], change(0.0, 0.0, 0.0)[0]],
            "The adapters of query and value are added without the factor alpha / r.": change(r * 0.25, 0.0, r * 0.25),
            "The adapters of query and value are multiplied by alpha but not divided by r.": change(
                r * full, 0.0, r * full
            ),
            "The adapters of query and value are multiplied by another factor than alpha / r.": AnyOf(
                *(
                    change(r * factor * 0.25, 0.0, r * factor * 0.25)
                    for factor in (alpha / (2 * r), 2 * alpha / r, alpha / r**0.5, r / alpha, alpha // r)
                )
            ),
            "The adapters are there, but c_attn computes without them.": change(0.0, 0.0, 0.0),
            "Only one of the updates of query and value is multiplied by alpha / r, but both are.": AnyOf(
                *(
                    change(*pair)
                    for factor in (full / 2, 2 * full, full * r, r * 0.25, full / r)
                    for pair in ((full, 0.0, factor), (factor, 0.0, full))
                )
            ),
        },
        advice="Of c_attn's output (..., 3·D), the first D are queries, the next D keys, the last D values.",
        **TOL_FP32,
    )
    expect_equal(
        result["trainable"],
        2 * (4 * r * 18),  # two blocks
        what="The number of trainable parameters",
        mistakes={
            "Query and value share one A; each needs its own.": 2 * (3 * r * 18),
            "Everything outside c_attn is still trainable.": lambda: (
                sum(tensor.numel() for tensor in builders.tiny_gpt2(seed, width=18).parameters())
                - 2 * (54 * 18 + 54)
                + 2 * (4 * r * 18)
            ),
        },
        advice="Freeze the whole model; then each block trains two A (r×D) and two B (D×r).",
    )
    if result["ones_error"] is not None:
        fail(
            "After lora_qv c_attn works for inputs of three dimensions only; it must take (..., D).",
            got=result["ones_error"],
        )
    bias = builders.tiny_gpt2(seed, width=18).transformer.h[0].attn.c_attn.bias.detach()
    row = result["drawn"][0].sum(0) - 17 * bias  # each of the 18 rows has the bias
    expect_close(
        result["ones"],
        [row, row.expand(2, -1), row.expand(1, 2, 2, -1)],
        what="c_attn after lora_qv for an input of one, two or four dimensions",
        rtol=1e-3,
        atol=1e-3,  # of 18 rows with updates of size 10
    )
    for drawn, start in zip(result["drawn"], result["start"], strict=True):
        expect_ranks(drawn - start, r)
    if result["moving"] != 2 * (2 * r * 18):
        fail("At the start, exactly one matrix of each adapter must learn: one of the two is zero, the other is not.")
    expect_equal(
        result["count"],
        2,
        what="What lora_qv returns, the number of blocks,",
        mistakes={"lora_qv returns the number of adapters, not of blocks.": 4},
    )


@exercise("lora_qv")
def test_a_model_that_is_no_gpt2_is_an_error(student, rng):
    expect_qv_needs_gpt2(student, rng, "fc")


@exercise("lora_qv")
def test_adapters_are_like_c_attn(student, rng):
    expect_qv_like_c_attn(student, rng, "float64", 1e-12)
