"""Copies the base into buffers; the merged weight is a buffer of its own, the detour a product with the whole delta."""

import torch
import torch.nn.functional as F
from torch import nn


def _as_linear(base):
    """GPT-2's Conv1D as an nn.Linear: its weight is stored transposed."""
    if isinstance(base, nn.Linear):
        return base
    linear = nn.Linear(*base.weight.shape, dtype=base.weight.dtype, device=base.weight.device)
    with torch.no_grad():
        linear.weight.copy_(base.weight.T)
        linear.bias.copy_(base.bias)
    return linear


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r <= 0:
            raise ValueError("r: pass 1 or more")
        if not (0.0 <= dropout <= 1.0):
            raise ValueError("dropout: pass a number from 0 to 1")
        base = _as_linear(base)
        base.requires_grad_(False)
        self.register_buffer("frozen", base.weight.detach().clone())
        self.register_buffer("offset", None if base.bias is None else base.bias.detach().clone())
        self.register_buffer("merged_weight", None)
        out_features, in_features = self.frozen.shape
        kind = {"dtype": self.frozen.dtype, "device": self.frozen.device}
        self.factors = nn.ParameterDict(
            {
                "a": nn.init.kaiming_uniform_(torch.empty(r, in_features, **kind), a=5**0.5),
                "b": torch.zeros(out_features, r, **kind),
            }
        )
        self.rank, self.alpha, self.drop = r, alpha, nn.Dropout(dropout)

    def forward(self, x):
        if self.merged_weight is not None:
            return F.linear(x, self.merged_weight, self.offset)
        return F.linear(x, self.frozen, self.offset) + F.linear(self.drop(x), self.delta())

    def delta(self):
        return self.factors["b"] @ self.factors["a"] * (self.alpha / self.rank)

    def merge(self):
        if self.merged_weight is None:
            self.merged_weight = (self.frozen + self.delta()).detach()

    def unmerge(self):
        self.merged_weight = None
