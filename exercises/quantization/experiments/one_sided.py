"""The error of absmax and of a zero point on activations: after a ReLU, after GPT-2's own, and before the MLP."""

from __future__ import annotations

import torch
from torch import nn

from autograder.experiments import Unfit

from ._shared import competent, pieces

CLAIM = "A zero point halves the error on one-sided numbers, and gains little on two-sided ones"
NEEDS = ("absmax_dequantize", "zero_point_dequantize", "reconstruction_error")
COLUMNS = ("numbers", "range", "error of absmax", "error of zero point", "ratio")

LABELS = {
    "relu": "after a ReLU",
    "activation": "after the activation function",
    "two_sided": "hidden states (two-sided)",
}


@torch.no_grad()
def activations(model: nn.Module, tokens: torch.Tensor) -> dict[str, torch.Tensor]:
    """Of each block, the first row's: what the MLP's second layer gets to see, the same had it been a ReLU, and
    two-sided hidden states. (L, T, 4D), (L, T, 4D) and (L, T, D)."""
    if model.config.model_type != "gpt2":
        raise Unfit(f"This experiment does not know the activations of a {model.config.model_type} by name.")
    found: dict[str, list[torch.Tensor]] = {name: [] for name in LABELS}

    def keep(name, layer, change=torch.clone):
        return layer.register_forward_hook(lambda _, __, output: found[name].append(change(output[0])))

    hooks = []
    for block in model.transformer.h:
        hooks.append(keep("relu", block.mlp.c_fc, torch.relu))
        hooks.append(keep("activation", block.mlp.act))
        hooks.append(keep("two_sided", block.ln_2))
    model(tokens, attention_mask=torch.ones_like(tokens), use_cache=False)
    for hook in hooks:
        hook.remove()
    return {name: torch.stack(outputs) for name, outputs in found.items()}


def measure(student, backbone, seed, track):
    model, tokenizer = backbone()
    tokens = pieces(tokenizer, seed, 2)  # (2, 256)
    competent(model, tokens)
    ends, absmax, zero_point, ratio = {}, {}, {}, {}
    for name, blocks in track(activations(model, tokens).items(), "quantizing activations"):
        errors = []
        for x in blocks:
            by_absmax = student.absmax_dequantize(*student.absmax_quantize(x))
            by_zero_point = student.zero_point_dequantize(*student.zero_point_quantize(x))
            errors.append([student.reconstruction_error(x, back) for back in (by_absmax, by_zero_point)])
        absmax[name], zero_point[name] = (sum(column) / len(errors) for column in zip(*errors, strict=True))
        ratio[name] = absmax[name] / zero_point[name]
        ends[name] = [blocks.min().item(), blocks.max().item()]
    return {"ends": ends, "error_absmax": absmax, "error_zero_point": zero_point, "ratio": ratio}


def rows(figures):
    for name, label in LABELS.items():
        low, high = figures.ends[name]
        yield (
            label,
            f"{low:.2f} to {high:.2f}",
            f"{figures.error_absmax[name]:.5f}",
            f"{figures.error_zero_point[name]:.5f}",
            round(figures.ratio[name], 2),
        )


def claims(figures):
    # Five seeds: 2.01, 1.82 to 1.94, 1.02 to 1.06.
    relu, activation, two_sided = (figures.ratio[name] for name in LABELS)
    yield 1.9 < relu < 2.1, f"after a ReLU absmax errs {relu:.2f} times as much as a zero point"
    yield 1.6 < activation < 2.1, f"after the model's own activation function {activation:.2f} times"
    yield 0.95 < two_sided < 1.5, f"on two-sided hidden states {two_sided:.2f} times"


def draw(axes, figures):
    ratios = [figures.ratio[name] for name in LABELS]
    axes.barh(list(LABELS.values()), ratios, 0.6, color="#4c72b0")
    for position, value in enumerate(ratios):
        axes.text(value + 0.02, position, f"{value:.2f}", va="center")
    axes.axvline(1, color="black", linewidth=0.8, linestyle=":")
    axes.invert_yaxis()
    axes.set_xlim(0, 2.3)
    axes.set_xlabel("error of absmax, zero point = 1")
