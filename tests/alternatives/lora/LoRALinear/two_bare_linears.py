"""The detour is two bias-free nn.Linear; the second is skip_init'ed and zeroed; merging swaps forward functions."""

import torch
from torch import nn
from torch.nn.utils import skip_init


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
        if r < 1:
            raise ValueError(f"r={r}; pass r=1 or more")
        if dropout < 0 or dropout > 1:
            raise ValueError(f"dropout={dropout}; pass 0 to 1")
        super().__init__()
        base = _as_linear(base)
        w = base.weight
        self.highway = base.requires_grad_(False)
        self.detour = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(base.in_features, r, bias=False, dtype=w.dtype, device=w.device),
            skip_init(nn.Linear, r, base.out_features, bias=False, dtype=w.dtype, device=w.device),
        )
        nn.init.zeros_(self.detour[2].weight)
        self.scale = float(alpha) / r
        self.added = []

    def forward(self, x):
        return self.highway(x) if self.added else torch.add(self.highway(x), self.detour(x), alpha=self.scale)

    def delta(self):
        _, down, up = self.detour
        return up.weight.matmul(down.weight).mul(self.scale)

    def merge(self):
        if not self.added:
            self.added.append(self.delta().detach())
            self.highway.weight.data.add_(self.added[0])

    def unmerge(self):
        while self.added:
            self.highway.weight.data.sub_(self.added.pop())
