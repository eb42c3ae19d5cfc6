"""Rounds halves away from zero, takes the larger of max and -min, and has scale 1 for zeros."""

import torch


def absmax_quantize(w, bits=8, dim=None):
    if bits < 2 or bits > 8:
        raise ValueError("bits: pass a number from 2 to 8")
    highest = {b: sum(2**i for i in range(b - 1)) for b in range(2, 9)}[bits]
    x = w.detach().to(dtype=torch.float32)
    low, high = x.aminmax(dim=dim, keepdim=dim is not None) if dim is not None else x.aminmax()
    scale = torch.maximum(high, -low).div(highest)
    scale = scale.masked_fill(scale == 0, 1.0)
    steps = x.abs().div(scale).add(0.5).floor().clamp(max=highest)
    return (steps * x.sign()).to(torch.int8), scale
