"""Inherits from nn.Linear with the base's own parameters; B is the random one, A is zero, both stored transposed."""

import torch
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


class LoRALinear(nn.Linear):
    def __init__(self, base, r, alpha, dropout=0.0):
        nn.Module.__init__(self)
        if r < 1:
            raise ValueError(f"got rank {r}, pass 1 or more")
        if dropout < 0 or dropout > 1:
            raise ValueError(f"got dropout {dropout}, pass something between 0 and 1")
        base = _as_linear(base)
        self.in_features, self.out_features = base.in_features, base.out_features
        self.weight = base.weight.requires_grad_(False)
        self.register_parameter("bias", base.bias)
        if base.bias is not None:
            base.bias.requires_grad_(False)
        self.down = nn.Parameter(self.weight.new_zeros(self.in_features, r))
        self.up = nn.Parameter(self.weight.new_empty(r, self.out_features).uniform_(-1, 1))
        self.factor, self.keep, self._before = alpha / r, 1 - dropout, None

    def forward(self, x):
        highway = super().forward(x)
        if self._before is not None:
            return highway
        if self.training and self.keep < 1:
            kept = torch.rand(x.shape, device=x.device) < self.keep
            x = torch.where(kept, x / self.keep, torch.zeros_like(x)) if self.keep > 0 else x * 0
        return highway + self.factor * torch.einsum(
            "...r,ro->...o", torch.einsum("...i,ir->...r", x, self.down), self.up
        )

    def delta(self):
        return torch.einsum("ir,ro->oi", self.down, self.up) * self.factor

    @torch.no_grad()
    def merge(self):
        if self._before is None:
            self._before = self.weight.clone()
            self.weight.copy_(self._before + self.delta())

    @torch.no_grad()
    def unmerge(self):
        if self._before is not None:
            self.weight.copy_(self._before)
            self._before = None
