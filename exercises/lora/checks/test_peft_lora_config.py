"""Checks of `peft_lora_config`."""

import torch
from lora_oracles import TOL_FP32
from torch import nn

from autograder.checks import exercise, expect_close, fail, probe


@probe
def adapted_by_peft(student, r, alpha, weight, A, B, x):
    """What c_attn computes, with A and B filled in, after PEFT adapted layers with GPT-2's names; trainable names."""
    import peft
    from transformers.pytorch_utils import Conv1D

    attn = nn.ModuleDict({"c_attn": Conv1D(weight.shape[1], weight.shape[0]), "c_proj": Conv1D(6, 6)})
    model = nn.ModuleDict({"h": nn.ModuleList([nn.ModuleDict({"attn": attn, "mlp": nn.Linear(6, 6)})])})
    student.peft_lora_config(r + 1, alpha + 1)  # a config must not be kept for the next call
    config = student.peft_lora_config(r, alpha)
    says_transposed = config.fan_in_fan_out
    with torch.no_grad():
        attn["c_attn"].weight.copy_(weight)
        # PEFT's core step. get_peft_model also prepares saving, which takes a tenth of a second.
        peft.inject_adapter_in_model(config, model)
        for name, tensor in model.named_parameters():
            if ".c_attn.lora_A." in name:
                tensor.copy_(A)
            elif ".c_attn.lora_B." in name:
                tensor.copy_(B)
        output = model["h"][0]["attn"]["c_attn"](x)
    trainable = [name for name, tensor in model.named_parameters() if tensor.requires_grad]
    return {"output": output, "trainable": trainable, "says_transposed": says_transposed}


@exercise("peft_lora_config", requires="peft")
def test_peft_computes_the_same(student, rng):
    r, alpha = 2, 7
    # Conv1D: weight (d_in, d_out)
    weight, A, B, x = rng.randn(6, 18), rng.randn(r, 6), rng.randn(18, r), rng.randn(4, 6)
    result = student.run(adapted_by_peft, r, alpha, weight, A, B, x)
    others = [name for name in result["trainable"] if "attn.c_attn.lora_" not in name]
    if len(result["trainable"]) != 2 or others:
        fail("PEFT adapts other layers than the c_attn of every block.", expected="c_attn", got=result["trainable"])

    def output(scale):
        """x W + scale · x (B A)ᵀ, shape (4, d_out)."""
        return x @ weight + scale * x @ (B @ A).T

    expect_close(
        result["output"],
        output(alpha / r),
        what="The output that PEFT computes with your config",
        mistakes={
            "PEFT scales by alpha / sqrt(r) with your config: leave use_rslora off.": lambda: output(alpha / r**0.5),
            "lora_alpha is missing from the config.": lambda: output(8 / r),
        },
        **TOL_FP32,
    )
    if not result["says_transposed"]:
        fail("The config does not say that Conv1D's weight is (d_in, d_out), so PEFT warns and corrects it.")
