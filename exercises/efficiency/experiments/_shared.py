"""What the experiments of this lesson share: your GPT from the lesson before, and the same model with a cache.

Nothing here is graded. The figures in the comments come from five seeds and one thread: `autograder experiment
efficiency --submission solutions --seeds 5`.
"""

from __future__ import annotations

import torch
from torch.nn import functional as F

from autograder.checks import Blocked

BLUE, PALE, RED, GREY = "#4c72b0", "#9fb8dc", "#c44e52", "#999999"


def gpt_of(student):
    """The student's functions of the lesson `gpt`. Raises Blocked with the first that is not written."""
    tools = student.__tools__
    for name in ("GPT", "init_weights", "tensors_of", "generate"):
        if getattr(tools, name) is None:
            raise Blocked(f"{name} (gpt)")
    return tools


def joined(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """`tensors_of` with queries, keys and values in one matrix, also where a model keeps them in three."""
    found = dict(tensors)
    for name in tensors:
        if ".attn.q." in name:
            parts = [found.pop(name.replace(".attn.q.", f".attn.{part}.")) for part in "qkv"]
            found[name.replace(".attn.q.", ".attn.c_attn.")] = torch.cat(parts)
    return found


def forward_of(student, tensors: dict[str, torch.Tensor], heads: int):
    """A GPT with these tensors, weights (out, in), as `generate_cached` takes it: forward(ids, positions, cache).

    Its cache is a list: for each layer what `cached_attention` gave.
    """
    layers = sum(name.endswith(".attn.c_attn.weight") for name in tensors)

    def norm(x, name):
        return F.layer_norm(x, x.shape[-1:], tensors[f"{name}.weight"], tensors[f"{name}.bias"])

    def linear(x, name):
        return F.linear(x, tensors[f"{name}.weight"], tensors[f"{name}.bias"])

    def forward(ids, positions, cache):
        x = tensors["wte.weight"][ids] + tensors["wpe.weight"][positions]  # (B, t, D)
        grown = []
        for layer in range(layers):
            block = f"h.{layer}"
            both = linear(norm(x, f"{block}.ln_1"), f"{block}.attn.c_attn").chunk(3, dim=-1)
            q, k, v = (one.unflatten(-1, (heads, -1)).transpose(1, 2) for one in both)  # (B, H, t, d)
            read, seen = student.cached_attention(q, k, v, None if cache is None else cache[layer])
            grown.append(seen)
            x = x + linear(read.transpose(1, 2).flatten(2), f"{block}.attn.c_proj")
            inner = F.gelu(linear(norm(x, f"{block}.ln_2"), f"{block}.mlp.c_fc"), approximate="tanh")
            x = x + linear(inner, f"{block}.mlp.c_proj")
        return F.linear(norm(x, "ln_f"), tensors["wte.weight"]), grown

    return forward
