"""Walks the tree; a module of its own runs the layer, and a layer that stands under two names gets one."""

import torch
from torch import nn


class _Beside(nn.Module):
    def __init__(self, layer, r, alpha):
        super().__init__()
        self.layer = layer
        w = layer.weight
        d_in, d_out = (w.shape[1], w.shape[0]) if isinstance(layer, nn.Linear) else w.shape
        self.a = nn.Parameter(torch.empty(r, d_in, dtype=w.dtype, device=w.device).normal_(0, 1 / r))
        self.b = nn.Parameter(torch.zeros(d_out, r, dtype=w.dtype, device=w.device))
        self.c = alpha / r
        self.original = None

    def forward(self, x):
        y = self.layer(x)
        if self.original is None:
            y = y + torch.einsum("...i,ri,or->...o", x, self.a, self.b) * self.c
        return y

    def delta(self):
        return torch.einsum("or,ri->oi", self.b, self.a) * self.c

    @torch.no_grad()
    def merge(self):
        if self.original is None:
            self.original = self.layer.weight.detach().clone()
            d = self.delta()
            self.layer.weight.copy_(self.original + (d if isinstance(self.layer, nn.Linear) else d.t()))

    @torch.no_grad()
    def unmerge(self):
        if self.original is not None:
            self.layer.weight.copy_(self.original)
            self.original = None


def apply_lora(model, targets, r, alpha):
    from transformers.pytorch_utils import Conv1D

    if r < 1:
        raise ValueError(f"r must be 1 or more: {r}")
    unseen, plan = dict.fromkeys(targets), []

    def walk(parent, path):
        for leaf, child in parent.named_children():
            name = f"{path}.{leaf}"
            mine = [t for t in targets if name.endswith("." + t)]
            for t in mine:
                unseen.pop(t, None)
                if not isinstance(child, (nn.Linear, Conv1D)):
                    raise ValueError(
                        f"{t!r} fits {name[1:]}, a {type(child).__name__}; only nn.Linear and Conv1D can be adapted"
                    )
            if mine:
                plan.append((parent, leaf, child))
            walk(child, name)

    walk(model, "")
    if unseen:
        raise ValueError(f"nothing in the model is called {', '.join(map(repr, unseen))}")
    for p in model.parameters():
        p.requires_grad = False
    made = {}
    for parent, leaf, child in plan:
        if child not in made:
            made[child] = _Beside(child, r, alpha)
        parent._modules[leaf] = made[child]
    return len(made)
