"""Checks of `apply_lora`."""

import re
from functools import partial

import torch
from lora_oracles import (
    MODEL_SCALE_MISTAKES,
    TOL_FP32,
    LoRAOracle,
    expect_refused_targets,
    expect_square_conv1d,
)
from torch import nn

from autograder import builders
from autograder.checks import AnyOf, exercise, expect_close, expect_equal, fail, probe


@probe
def adapted_gpt2(student, seed, targets, r, alpha, matrices, token_ids):
    """Logits of a GPT-2 that apply_lora adapted: as it starts, and with each named layer's A and B filled in."""
    model = builders.tiny_gpt2(seed, width=18)
    student.apply_lora(model, targets, r, alpha)
    modules = dict(model.named_modules())
    with torch.no_grad():
        fresh = model(token_ids).logits
        for name, (A, B) in matrices.items():
            if name in modules:
                builders.fill(modules[name], A, B)
        return {"fresh": fresh, "filled": model(token_ids).logits}


def dense_logits(seed, matrices, scale, token_ids):
    """Logits (B, T, V) of a GPT-2 with scale · B A added to the weights themselves: no LoRA anywhere."""
    model = builders.tiny_gpt2(seed, width=18)
    with torch.no_grad():
        for name, (A, B) in matrices.items():
            model.get_submodule(name).weight += scale * (B @ A).T  # (d_in, d_out) in Conv1D
        return model(token_ids).logits


@exercise("apply_lora", points=2)
def test_gpt2_computes_with_its_adapters(student, rng):
    seed, r, alpha = rng.randint(0, 1 << 30), 2, 7
    token_ids = rng.randint(1, 53, (2, 5))
    sizes = {"attn.c_attn": (18, 54), "mlp.c_proj": (72, 18)}
    matrices = {
        f"transformer.h.{block}.{layer}": [0.3 * rng.randn(r, d_in), 0.3 * rng.randn(d_out, r)]
        for block in range(2)
        for layer, (d_in, d_out) in sizes.items()
    }
    logits = student.run(adapted_gpt2, seed, list(sizes), r, alpha, matrices, token_ids)
    base = dense_logits(seed, matrices, 0.0, token_ids)
    expect_close(
        logits["fresh"],
        base,
        what="The logits before any training, which must be the base's,",
        advice="A Conv1D computes x W + b with W (d_in, d_out): keep the base layer and call it.",
        **TOL_FP32,
    )
    expect_close(
        logits["filled"],
        dense_logits(seed, matrices, alpha / r, token_ids),
        what="The logits with A and B filled in",
        mistakes={
            "The model computes as it did without adapters.": base,
            **{
                sentence: partial(dense_logits, seed, matrices, scale(alpha, r), token_ids)
                for sentence, scale in MODEL_SCALE_MISTAKES.items()
            },
        },
        advice="Put the new module where the old layer was: model.set_submodule(name, new_layer).",
        rtol=1e-3,
        atol=1e-3,  # two blocks with updates of size 10 amplify rounding a hundredfold
    )


@probe
def adapted_blocks(student, targets, number):
    """What is adapted, and in another mode, after apply_lora in a model with GPT-2's names; the count it returns.

    Some names are not what "attn.c_proj" means: they end in another word, or go on.
    """
    blocks = {}
    for block in map(str, range(number)):
        attn, mlp = nn.ModuleDict({"c_proj": nn.Linear(6, 6)}), nn.ModuleDict({"c_proj": nn.Linear(8, 6)})
        cross = nn.ModuleDict({"c_proj": nn.Linear(6, 6), "c_proj_out": nn.Linear(6, 6)})
        attn["c_proj_out"] = nn.Linear(6, 6)
        blocks[block] = nn.ModuleDict({"ln_1": nn.LayerNorm(6), "attn": attn, "crossattn": cross, "mlp": mlp})
        blocks[block]["attn_c_proj"] = nn.Linear(6, 6)
    model = nn.ModuleDict({"wte": nn.Embedding(9, 6), "h": nn.ModuleDict(blocks)})
    model["attn"] = nn.ModuleDict({"c_proj": nn.Linear(6, 6)})
    model["h"].register_parameter("gain", nn.Parameter(torch.ones(6)))  # of no layer
    model["wte"].eval()  # in either mode, some layer is in the other
    layers = [name for name, layer in model.named_modules() if isinstance(layer, nn.Linear)]
    modes = [(name, layer, layer.training) for name, layer in model.named_modules() if "c_proj" not in name]
    of_the_base = {name for name, _ in model.named_parameters()}
    count = student.apply_lora(model, targets, 2, 7)
    names = [name for name, tensor in model.named_parameters() if tensor.requires_grad]
    return {
        "count": count,
        "trainable": names,
        "adapted": [layer for layer in layers if any(name.startswith(f"{layer}.") for name in names)],
        "unfrozen": [name for name in names if name in of_the_base],
        "switched": [name for name, layer, mode in modes if layer.training != mode],
    }


@exercise("apply_lora")
def test_only_what_is_named_is_adapted(student, rng):
    blocks = rng.randint(2, 6)
    result = student.run(adapted_blocks, ["attn.c_proj"], blocks)
    names = result["trainable"]
    in_a_block = ("attn.c_proj", "attn.c_proj_out", "crossattn.c_proj", "crossattn.c_proj_out", "mlp.c_proj")
    in_a_block += ("attn_c_proj",)
    layers = [*(f"h.{block}.{layer}" for block in range(blocks) for layer in in_a_block), "attn.c_proj"]
    wanted = [layer for layer in layers if f".{layer}".endswith(".attn.c_proj")]
    if result["unfrozen"]:
        fail(
            "Weights of the model itself are still trainable.",
            got=result["unfrozen"],
            advice="Freeze the whole model before you put the adapters in.",
        )
    if names and not any(name.startswith(("h.", "attn.")) for name in names):
        fail("The names of the trainable tensors do not begin with those of the adapted layers.", got=names)
    if result["count"] == len(wanted) and len(names) == 2:
        fail("All layers share one adapter; each needs its own.", got=names)
    expect_equal(
        result["adapted"],
        wanted,
        what="The list of adapted layers",
        mistakes={
            "attn.c_proj also matched mlp.c_proj; the whole dotted target must match.": [
                layer for layer in layers if layer.endswith(".c_proj")
            ],
            "A target also matches the end of a longer word.": [
                layer for layer in layers if layer.endswith("attn.c_proj")
            ],
            "A target is looked for anywhere in the name, not at its end.": [
                layer for layer in layers if "attn.c_proj" in layer
            ],
            "The dot of a target matches any character, as in a regular expression; escape it.": AnyOf(
                [layer for layer in layers if re.search(r"(^|\.)attn.c_proj$", layer)],
                [layer for layer in layers if re.search(r"attn.c_proj$", layer)],
            ),
            "Only a layer whose full name is the target is adapted.": ["attn.c_proj"],
            "Only layers below another module match; a layer's full name must match too.": wanted[:-1],
            "Not every layer that the target names is adapted.": AnyOf(*([layer] for layer in wanted[:-1])),
        },
        advice="Compare with '.' in front: f'.{name}'.endswith(f'.{target}').",
    )
    if len(names) != 2 * len(wanted):
        fail("An adapted layer must have two trainable tensors of its own.", expected=2 * len(wanted), got=len(names))
    expect_equal(
        result["count"],
        len(wanted),
        what="What apply_lora returns",
        mistakes={
            "It returns how many targets were given, not how many layers were adapted.": 1,
            "It returns how many tensors are trainable, not how many layers were adapted.": 2 * len(wanted),
            "It returns nothing; it must return how many layers were adapted.": None,
        },
    )
    if result["switched"]:
        fail("apply_lora switches the model to train or eval mode; it must leave modes alone.", got=result["switched"])
    twice = student.run(adapted_blocks, ["attn.c_proj", "h.0.attn.c_proj"], blocks)
    expect_equal(
        [twice["count"], len(twice["trainable"])],
        [len(wanted), 2 * len(wanted)],
        what="The number of layers and of trainable tensors when two targets match one layer",
        mistakes={
            "A layer that two targets match is counted twice.": [len(wanted) + 1, 2 * len(wanted)],
            "A layer that two targets match is adapted twice.": AnyOf(
                *([count, 2 * len(wanted) + 2] for count in (len(wanted), len(wanted) + 1))
            ),
            "It returns how many targets were given, not how many layers were adapted.": [2, 2 * len(wanted)],
        },
    )


@exercise("apply_lora")
def test_a_target_that_matches_nothing_is_an_error(student, rng):
    # Somebody who writes q_proj for a GPT-2 would train nothing and not know it
    missing = rng.choice(["q_proj", "lm_head", "attn.c_attn"])
    refused = [(rng.permutation(["fc", missing]), rng.randint(2, 6), missing)]
    expect_refused_targets(student, rng, refused, [(["fc"], rng.randint(2, 6)), (["fc"], 1)])


@exercise("apply_lora")
def test_a_norm_or_rank_zero_is_an_error(student, rng):
    refused = [(rng.permutation(["fc", other]), rng.randint(2, 6), other) for other in ("norm", "wte", "block")]
    expect_refused_targets(student, rng, [*refused, (["fc"], 0, None)])


@exercise("apply_lora")
def test_a_conv1d_is_stored_transposed(student, rng):
    expect_square_conv1d(student, rng, 4)


@probe
def outputs_by_mode(student, weight, bias, A, B, alpha, x):
    """Outputs of an adapted layer whose A and B hold these values, in eval and in train mode."""
    model = nn.ModuleDict({"fc": builders.linear(weight, bias)})
    student.apply_lora(model, ["fc"], A.shape[0], alpha)
    builders.fill(model, A, B)
    return {"eval": model.eval()["fc"](x), "train": model.train()["fc"](x)}


@exercise("apply_lora")
def test_adapters_have_no_dropout(student, rng):
    layer = LoRAOracle(rng.randn(5, 8), rng.randn(5), rng.randn(2, 8), rng.randn(5, 2), alpha=7)
    x = rng.randn(200, 8)  # 1600 entries: that a dropout of 0.1 spares them all has probability 1e-73
    outputs = student.run(outputs_by_mode, *layer.given, x)
    expect_close(outputs["eval"], layer.output(x), what="The output of an adapted layer", **TOL_FP32)
    if outputs["train"].shape != outputs["eval"].shape or not torch.allclose(
        outputs["train"], outputs["eval"], **TOL_FP32
    ):
        fail("The adapters have dropout, which acts in train mode; apply_lora's have none.")
