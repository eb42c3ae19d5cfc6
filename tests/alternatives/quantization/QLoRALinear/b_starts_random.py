"""Stored transposed, B random and A zero; merges into a layer made by skip_init."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import skip_init


class QLoRALinear(nn.Module):
    def __init__(self, linear, r, alpha):
        if r < 1:
            raise ValueError(f"rank {r}: pass 1 or more")
        super().__init__()
        w = linear.weight.detach()
        self.size = w.shape
        for name, t in zip(("codes", "maxima"), nf4_quantize(w), strict=True):
            self.register_buffer(name, t.clone())
        self.register_buffer("offset", linear.bias.detach().clone() if linear.bias is not None else None)
        self.down = nn.Parameter(w.new_zeros(w.shape[1], r))
        self.up = nn.Parameter(w.new_empty(r, w.shape[0]).normal_(std=0.1))
        self.factor = alpha / r

    def _base(self):
        return nf4_dequantize(self.codes, self.maxima, self.size)

    def forward(self, x):
        dense = F.linear(x, self._base().to(x.dtype), self.offset)
        return torch.add(dense, x.matmul(self.down).matmul(self.up), alpha=self.factor)

    def merge(self):
        d_out, d_in = self.size
        new = skip_init(
            nn.Linear, d_in, d_out, bias=self.offset is not None, dtype=self.up.dtype, device=self.up.device
        )
        update = torch.einsum("ir,ro->oi", self.down.detach().float(), self.up.detach().float()) * self.factor
        new.load_state_dict({"weight": self._base() + update} | ({} if self.offset is None else {"bias": self.offset}))
        return new
