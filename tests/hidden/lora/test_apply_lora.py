"""Hidden checks of `apply_lora`."""

from lora_oracles import (
    MODEL_SCALE_MISTAKES,
    TOL_FP32,
    LoRAOracle,
    expect_refused_targets,
    expect_square_conv1d,
    run_conv1d,
)
from torch import nn

from autograder import builders
from autograder.checks import exercise, expect_close, expect_equal, fail, probe


@probe
def which_layers(student, targets, one="1", two="2"):
    """Names of the layers of a plain torch model that have trainable tensors after apply_lora, and the count."""
    model = nn.ModuleDict()
    for name in ("fc", "my_fc", "fc_group", "blocks"):
        model[name] = nn.Linear(6, 5)
    model["fc_group"] = nn.ModuleDict({"proj": nn.Linear(6, 5)})
    model["blocks"] = nn.ModuleDict({n: nn.ModuleDict({"fc": nn.Linear(6, 5)}) for n in (one, two, f"1{one}")})
    layers = [name for name, layer in model.named_modules() if isinstance(layer, nn.Linear)]
    of_the_base = {name for name, _ in model.named_parameters()}
    count = student.apply_lora(model, targets, 2, 7)
    names = [name for name, tensor in model.named_parameters() if tensor.requires_grad]
    return {
        "unfrozen": [name for name in names if name in of_the_base],
        "layers": [layer for layer in layers if any(name.startswith(f"{layer}.") for name in names)],
        "tensors": len(names),
        "count": count,
    }


@exercise("apply_lora")
def test_targets_match_whole_words(student, rng):
    one, two = rng.permutation("0123456789")[:2]
    every = ["fc", f"blocks.{one}.fc", f"blocks.{two}.fc", f"blocks.1{one}.fc"]
    result = student.run(which_layers, ["fc"], one, two)
    if result["unfrozen"]:
        fail("Weights of the model itself are still trainable.")
    if [result["tensors"], result["count"]] == [2, 4]:
        fail("All layers share one adapter; each needs its own.")
    expect_equal(
        sorted(result["layers"]),
        sorted(every),
        what="The list of adapted layers",
        mistakes={
            "A target also matches the end of a longer word.": sorted([*every, "my_fc"]),
            "A target is looked for anywhere in the name, not at its end.": sorted([*every, "my_fc", "fc_group.proj"]),
            "Only a layer whose full name is the target is adapted.": ["fc"],
            "Only layers below another module match; a layer's full name must match too.": sorted(every[1:]),
        },
    )
    expect_equal([result["tensors"], result["count"]], [8, 4], what="The number of trainable tensors and of layers")
    result = student.run(which_layers, [f"{one}.fc"], one, two)
    expect_equal(
        sorted(result["layers"]),
        [f"blocks.{one}.fc"],
        what="The list of adapted layers for a target of two words",
        mistakes={
            "A target also matches the end of a longer word.": sorted([f"blocks.{one}.fc", f"blocks.1{one}.fc"]),
            "Only the last word of a target is compared.": sorted(every),
        },
    )


@exercise("apply_lora")
def test_two_targets_for_one_layer(student, rng):
    one, two = rng.permutation("0123456789")[:2]
    result = student.run(which_layers, [f"{two}.fc", "fc", "my_fc", f"blocks.{two}.fc"], one, two)
    layers = ["fc", "my_fc", *(f"blocks.{n}.fc" for n in (one, two, f"1{one}"))]
    expect_equal(
        [sorted(result["layers"]), result["tensors"], result["count"]],
        [sorted(layers), 10, 5],
        what="The result when several targets match one layer",
        mistakes={
            "A layer that two targets match is counted twice.": [sorted(layers), 10, 7],
            "A layer that two targets match is adapted twice.": [sorted(layers), 14, 7],
            "It returns how many targets were given, not how many layers were adapted.": [sorted(layers), 10, 4],
        },
    )


@exercise("apply_lora")
def test_a_target_that_is_no_linear_layer(student, rng):
    refused = [
        (targets, rng.randint(2, 6), name) for name in ("norm", "block", "wte") for targets in (["fc", name], [name])
    ]
    expect_refused_targets(student, rng, refused)


@exercise("apply_lora")
def test_an_error_leaves_the_model_alone(student, rng):
    refused = [
        (targets, rng.randint(2, 6), target)
        for target in (f"h.{rng.randint(0, 99)}", "lm_head", "fc.weight", "norm.bias")
        for targets in (["fc", target], [target], ["block.0", "fc", target])
    ]
    refused.append((["c"], 2, "c"))
    refused += [(["block.0", "fc"], r, None) for r in (0, -rng.randint(1, 9))]
    expect_refused_targets(student, rng, refused)


@exercise("apply_lora", points=2)
def test_a_conv1d_layer(student, rng):
    weight, bias, x = rng.randn(5, 8), rng.randn(8), rng.randn(4, 5)  # Conv1D: (d_in, d_out)
    layer = LoRAOracle(weight.T, bias, rng.randn(2, 5), rng.randn(8, 2), alpha=7)
    results = run_conv1d(student, weight, bias, layer.A, layer.B, layer.alpha, x)
    expect_close(
        results["fresh"],
        layer.base(x),
        what="The output of an adapted Conv1D before training",
        mistakes={"The bias of a Conv1D is lost.": layer.base(x) - bias},
        **TOL_FP32,
    )
    for step in ("filled", "merge", "unmerge"):
        expect_close(
            results[step],
            layer.output(x),
            what="The output of an adapted Conv1D, as it is, merged or unmerged,",
            mistakes={
                **{
                    sentence: layer.output(x, scale(layer.alpha, layer.r))
                    for sentence, scale in MODEL_SCALE_MISTAKES.items()
                },
                "The layers do not get the alpha given to apply_lora.": layer.output(x, 8),
                "The model computes as it did without adapters.": layer.base(x),
            },
            **TOL_FP32,
        )
    expect_close(
        results["delta"],
        layer.delta,
        what="delta() of an adapted Conv1D",
        mistakes={"delta() of a Conv1D is transposed; it must be (d_out, d_in) there too.": layer.delta.T},
        **TOL_FP32,
    )


@exercise("apply_lora")
def test_a_square_conv1d_layer(student, rng):
    # attn.c_proj of every GPT-2 is one
    expect_square_conv1d(student, rng, rng.randint(5, 9))


@probe
def gpt2_gradients(student, seed, targets, r, token_ids):
    """Names of a GPT-2's parameters that get a gradient in the first step after apply_lora; how many are trainable."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1)
    names = {name for name, layer in model.named_modules() if any(name.endswith(f".{target}") for target in targets)}
    student.apply_lora(model, targets, r, 7)
    logits = model(token_ids).logits
    if logits.requires_grad:
        logits.pow(2).mean().backward()
    found = {name: p.grad for name, p in model.named_parameters() if p.grad is not None and bool(p.grad.any())}
    return {
        "layers": sorted(names),
        "moving": sorted(found),
        "trainable": sum(p.numel() for p in model.parameters() if p.requires_grad),
    }


@exercise("apply_lora")
def test_every_adapter_of_gpt2_learns(student, rng):
    token_ids = rng.randint(1, 53, (2, 4))
    targets = ["c_attn", "attn.c_proj", "c_fc", "mlp.c_proj"]
    r = rng.randint(2, 13)  # answers recorded for another draw must not do
    result = student.run(gpt2_gradients, rng.randint(0, 1 << 30), targets, r, token_ids)
    for layer in result["layers"]:
        if not any(name.startswith(f"{layer}.") for name in result["moving"]):
            fail("Some adapted layer gets no gradient.")
    strays = [name for name in result["moving"] if not any(name.startswith(f"{layer}.") for layer in result["layers"])]
    if strays:
        fail("A weight outside the adapted layers gets a gradient.", got=strays)
    expected = r * ((16 + 48) + (16 + 16) + (16 + 64) + (64 + 16))
    expect_equal(result["trainable"], expected, what="The number of trainable parameters of the whole model")
