"""One matrix of queries, keys and values, cut into 1 to 16 heads: numbers, operations, and what comes out."""

from __future__ import annotations

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from ._shared import new_weights, pair

CLAIM = "Heads are split, not multiplied: any number of them takes the same weights and operations, exactly"
NEEDS = ("multi_head_attention",)
COLUMNS = ("heads", "width of each", "numbers", "operations", "apart from one head", "apart from PyTorch's")

WIDTH, LENGTH, ROWS = 64, 24, 2
HEADS = (1, 2, 4, 8, 16)


def measure(student, backbone, seed, track):
    block = {name.removeprefix("h.0."): one.detach() for name, one in new_weights(2, 2, WIDTH, 1).items()}
    matrices = *pair(block, "attn.c_attn"), *pair(block, "attn.c_proj")
    x = torch.randn(ROWS, LENGTH, WIDTH)
    results, operations, theirs = {}, {}, {}
    with torch.no_grad():
        for heads in HEADS:
            with FlopCounterMode(display=False) as counter:
                results[heads] = student.multi_head_attention(x, *matrices, heads)
            operations[f"{heads}"] = counter.get_total_flops()
            theirs[f"{heads}"] = (results[heads] - pytorchs(x, *matrices, heads)).abs().max().item()
    apart = {f"{heads}": (one - results[1]).abs().max().item() for heads, one in results.items()}
    return {"operations": operations, "apart": apart, "theirs": theirs, "numbers": sum(one.numel() for one in matrices)}


def pytorchs(x, w_qkv, b_qkv, w_o, b_o, heads):
    """What PyTorch's own module gives with the same weights."""
    module = nn.MultiheadAttention(WIDTH, heads, batch_first=True)
    module.in_proj_weight.copy_(w_qkv.T)
    module.in_proj_bias.copy_(b_qkv)
    module.out_proj.weight.copy_(w_o.T)
    module.out_proj.bias.copy_(b_o)
    return module(x, x, x, need_weights=False)[0]


def rows(figures):
    for heads in HEADS:
        name = f"{heads}"
        costs = f"{figures.numbers:,}", f"{figures.operations[name]:,}"
        yield heads, WIDTH // heads, *costs, f"{figures.apart[name]:.2f}", f"{figures.theirs[name]:.0e}"


def claims(figures):
    counts = set(figures.operations.values())
    yield (
        len(counts) == 1 and counts.pop() > 0,
        f"operations: {figures.operations['1']:,}, whatever the number of heads",
    )
    different = min(figures.apart[f"{heads}"] for heads in HEADS[1:])
    yield different > 0.01, f"and yet each number of heads gives something else: {different:.2f} apart at least"
    same = max(figures.theirs.values())
    yield same < 1e-5, f"which is what PyTorch's module gives with these weights, to {same:.0e}"
