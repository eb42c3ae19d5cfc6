"""The base model's blocks at 8, 4, 3 and 2 bits a weight: what it still knows."""

from __future__ import annotations

import copy

import torch

from ._base import tiny_base, tools_of
from ._figures import pick

CLAIM = "Fewer bits are not always better: 8 and 4 bits a weight keep what the model knows, 2 bits destroy it"
NEEDS = ("run_pipeline",)
COLUMNS = ("bits a weight", "perplexity", "capitals completed")
BITS = ("16", "8", "4", "3", "2")  # the first: as it is
BLOCK_SIZE = 64


def measure(student, backbone, seed, track):
    from autograder.backbone import text
    from autograder.backbone.card import perplexity, recall

    tools = tools_of(student, "blockwise_quantize", "blockwise_dequantize")
    base = tiny_base(backbone, seed, track)
    models = {"16": base.model}
    for bits in track(BITS[1:], "quantizing"):
        models[bits] = rounded(student, tools, base.model, int(bits))
    texts = text("test", 60, seed)
    worse = {bits: perplexity(model, base.tokenizer, texts) for bits, model in models.items()}
    facts = {bits: recall(model, base.tokenizer, "capital") for bits, model in models.items()}
    return {
        **{f"perplexity, {bits} bits": worse[bits] for bits in BITS},
        **{f"perplexity ratio, {bits} bits": worse[bits] / worse["16"] for bits in BITS},
        **{f"capitals, {bits} bits": facts[bits] for bits in BITS},
    }


def rounded(student, tools, model, bits: int):
    """A copy of the model, the weights of its blocks quantized and dequantized again."""
    model = copy.deepcopy(model)
    for block in model.transformer.h:
        for name, widths in student.LAYERS.items():
            linear = student.as_linear(block.get_submodule(name), widths * model.config.hidden_size)
            with torch.no_grad():
                codes, scales = tools.blockwise_quantize(linear.weight, BLOCK_SIZE, bits)
                linear.weight.copy_(tools.blockwise_dequantize(codes, scales, BLOCK_SIZE))  # (d_out, d_in)
            block.set_submodule(name, linear)
    return model


def rows(figures):
    for bits in BITS:
        yield bits, *(round(pick(figures, name, f"{bits} bits"), 2) for name in ("perplexity", "capitals"))


def claims(figures):
    # Five seeds: times 1.000 at 8 bits, 1.004 to 1.005 at 4, 3.1 to 3.6 at 2; capitals 1 at 4 bits, 0.02 at 2.
    eight, four, two = (pick(figures, "perplexity ratio", f"{bits} bits") for bits in (8, 4, 2))
    facts_at_4, facts_at_2 = (pick(figures, "capitals", f"{bits} bits") for bits in (4, 2))
    yield (
        eight < 1.01 and four < 1.05 and facts_at_4 > 0.9,
        f"8 bits: perplexity times {eight:.3f}; 4 bits: times {four:.3f}, {facts_at_4:.2f} of the capitals",
    )
    yield two > 2 and facts_at_2 < 0.2, f"2 bits: times {two:.1f}, {facts_at_2:.2f} of the capitals"


def draw(axes, figures):
    ratio = [pick(figures, "perplexity ratio", f"{bits} bits") for bits in BITS]
    axes.bar(BITS, ratio, width=0.55, color="#c44e52")
    for index, (bits, value) in enumerate(zip(BITS, ratio, strict=True)):
        capitals = pick(figures, "capitals", f"{bits} bits")
        axes.text(index, value + 0.05, f"capitals: {capitals:.0%}", ha="center", fontsize=9)
    axes.set_xlabel(f"bits a weight, in blocks of {BLOCK_SIZE}")
    axes.set_ylabel("perplexity, times that of 16 bits")
