"""Hidden checks of `apply_lora`."""

import torch
from lora_oracles import MODEL_SCALE_MISTAKES, TOL_FP32, LoRAOracle
from torch import nn

from autograder import builders
from autograder.checks import StudentError, exercise, expect_close, expect_equal, fail, probe


@probe
def which_layers(student, targets, one="1", two="2"):
    """Names of the layers of a plain torch model that have trainable tensors after apply_lora, and the count."""
    model = nn.ModuleDict()
    for name in ("fc", "my_fc", "fc_group", "blocks"):
        model[name] = nn.Linear(6, 5)
    model["fc_group"] = nn.ModuleDict({"proj": nn.Linear(6, 5)})
    model["blocks"] = nn.ModuleDict({n: nn.ModuleDict({"fc": nn.Linear(6, 5)}) for n in (one, two, f"1{one}")})
    layers = [name for name, layer in model.named_modules() if isinstance(layer, nn.Linear)]
    count = student.apply_lora(model, targets, 2, 7)
    names = [name for name, tensor in model.named_parameters() if tensor.requires_grad]
    return {
        "layers": [layer for layer in layers if any(name.startswith(f"{layer}.") for name in names)],
        "tensors": len(names),
        "count": count,
    }


@exercise("apply_lora")
def test_targets_match_whole_words(student, rng):
    one, two = rng.permutation("0123456789")[:2]
    every = ["fc", f"blocks.{one}.fc", f"blocks.{two}.fc", f"blocks.1{one}.fc"]
    result = student.run(which_layers, ["fc"], one, two)
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
    layers = [f"blocks.{two}.fc", "my_fc"]
    result = student.run(which_layers, [f"{two}.fc", *layers], one, two)
    expect_equal(
        [sorted(result["layers"]), result["tensors"], result["count"]],
        [layers, 4, 2],
        what="The result when two targets match one layer",
        mistakes={
            "A layer that two targets match is counted twice.": [layers, 4, 3],
            "A layer that two targets match is adapted twice.": [layers, 6, 3],
        },
    )


@probe
def after_error(student, targets, r):
    """What apply_lora's ValueError says on a small model, and what has been done to the model by then."""
    model = nn.ModuleDict({"fc": nn.Linear(4, 3), "norm": nn.LayerNorm(3), "block": nn.Sequential(nn.Linear(3, 3))})
    # Something is in train and something in eval mode, something trainable and something frozen
    model["norm"].eval().requires_grad_(False)
    model["fc"].weight.grad = torch.ones(3, 4)

    def state():
        return {
            "layers": [(name, type(layer).__name__) for name, layer in model.named_modules()],
            "modes": [layer.training for layer in model.modules()],
            "trainable": [tensor.requires_grad for tensor in model.parameters()],
            "gradients": [tensor.grad is not None and bool(tensor.grad.all()) for tensor in model.parameters()],
        }

    before = state()
    message = None
    try:
        student.apply_lora(model, targets, r, 7)
    except ValueError as error:
        message = str(error)
    after = state()
    return {"message": message, "changed": [part for part in before if after[part] != before[part]], "after": after}


@exercise("apply_lora")
def test_a_target_that_is_no_linear_layer(student):
    for name in ("norm", "block"):
        message = student.run(after_error, ["fc", name], 2)["message"]
        if message is None:
            fail("A target that is not a linear layer raises no error.")
        if name not in message:
            fail("The error for a target that is not a linear layer does not name the target.")
    if student.run(after_error, ["fc"], 2)["message"] is not None:
        fail("apply_lora rejects a target that exists.")


@exercise("apply_lora")
def test_an_error_leaves_the_model_alone(student):
    for targets, r in ((["fc", "nothing"], 2), (["fc", "norm"], 2), (["fc"], 0)):
        result = student.run(after_error, targets, r)
        if result["message"] is None:
            fail("apply_lora accepts a rank below 1 or a target that it can't adapt.")
        if not result["message"].strip():
            fail("apply_lora raises ValueError without a message; it must name r or the target.")
        trainable = result["after"]["trainable"]
        if "layers" in result["changed"] or not any(trainable):
            fail("After an error the model is left half adapted or frozen.")
        if "trainable" in result["changed"]:
            fail("After an error other tensors are trainable than before.")
        if "modes" in result["changed"]:
            fail("After an error the model is in another mode, train or eval, than before.")
        if "gradients" in result["changed"]:
            fail("After an error the model's gradients are gone.")
    if student.run(after_error, ["fc"], 2)["message"] is not None:
        fail("apply_lora rejects a target that exists.")


@probe
def adapt_conv1d(student, weight, bias, A, B, alpha, x):
    """A model of one Conv1D: outputs as it starts, with A and B filled in, merged twice and unmerged twice; delta()."""
    from transformers.pytorch_utils import Conv1D

    conv1d = Conv1D(weight.shape[1], weight.shape[0])
    conv1d.load_state_dict({"weight": weight, "bias": bias})
    model = nn.ModuleDict({"attn": nn.ModuleDict({"c_proj": conv1d})})
    student.apply_lora(model, ["c_proj"], A.shape[0], alpha)
    layer = model["attn"]["c_proj"]
    results = {"fresh": layer(x)}
    if weight.shape[0] == weight.shape[1]:  # then shapes don't tell A from B: A goes into whichever comes first
        trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
        with torch.no_grad():
            for parameter, matrix in zip(trainable, (A, B), strict=True):
                parameter.copy_(matrix if parameter.shape == matrix.shape else matrix.T)
    else:
        builders.fill(model, A, B)
    results["filled"], results["delta"] = layer(x), layer.delta()
    for step in ("merge", "unmerge"):
        for _ in range(2):
            getattr(layer, step)()
        results[step] = layer(x)
    return results


@exercise("apply_lora", points=2)
def test_a_conv1d_layer(student, rng):
    weight, bias, x = rng.randn(5, 8), rng.randn(8), rng.randn(4, 5)  # Conv1D: (d_in, d_out)
    layer = LoRAOracle(weight.T, bias, rng.randn(2, 5), rng.randn(8, 2), alpha=7)
    try:
        results = student.run(adapt_conv1d, weight, bias, layer.A, layer.B, layer.alpha, x)
    except StudentError as error:
        fail("apply_lora fails on Conv1D, GPT-2's kind of linear layer.", got=str(error))
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
                "The adapters are there, but the model computes without them.": layer.base(x),
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
    # On a square layer a forgotten transpose raises nothing: attn.c_proj of every GPT-2 is one.
    weight, bias, x = rng.randn(6, 6), rng.randn(6), rng.randn(4, 6)
    results = student.run(adapt_conv1d, weight, bias, rng.randn(2, 6), rng.randn(2, 6).T, 7, x)
    base, delta = x @ weight + bias, results["delta"]
    expect_close(
        results["fresh"],
        base,
        what="The output of an adapted square Conv1D before training",
        mistakes={
            "A Conv1D's weight is used as if it were nn.Linear's, without transposing it.": x @ weight.T + bias,
        },
        **TOL_FP32,
    )
    expect_close(
        results["filled"],
        base + x @ delta.T,
        what="The output of a square Conv1D, against delta(),",
        mistakes={"delta() of a Conv1D is transposed; it must be (d_out, d_in) there too.": base + x @ delta},
        **TOL_FP32,
    )
    expect_close(
        results["merge"],
        results["filled"],
        what="The output of a square Conv1D after merging",
        mistakes={"merge() adds the update to a Conv1D without transposing it.": base + x @ delta},
        **TOL_FP32,
    )
    expect_close(
        results["unmerge"],
        results["filled"],
        what="The output of a square Conv1D after merging and unmerging",
        **TOL_FP32,
    )


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
