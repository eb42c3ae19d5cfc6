"""A subclass of Conv1D whose forward uses W plus a (D, 3D) update that is zero for the keys; B is the random one."""

import torch
from torch import nn


def lora_qv(model, r, alpha):
    from transformers.pytorch_utils import Conv1D

    class QV(Conv1D):
        def __init__(self, base):
            nn.Module.__init__(self)
            self.nf, self.nx = base.weight.shape[1], base.weight.shape[0]
            self.weight, self.bias = base.weight, base.bias
            for name in ("query", "value"):
                self.register_parameter(name + "_a", nn.Parameter(self.weight.new_zeros(r, self.nx)))
                self.register_parameter(name + "_b", nn.Parameter(torch.rand(self.nx, r).to(self.weight) - 0.5))

        def forward(self, x):
            q = (self.query_b @ self.query_a).T * (alpha / r)
            v = (self.value_b @ self.value_a).T * (alpha / r)
            w = self.weight + torch.cat((q, torch.zeros_like(q), v), 1)
            return torch.addmm(self.bias, x.reshape(-1, self.nx), w).reshape(*x.shape[:-1], self.nf)

    if not r >= 1:
        raise ValueError(f"rank r is {r}, pass 1 or more")
    homes = [
        m
        for m in model.modules()
        if isinstance(getattr(m, "c_attn", None), Conv1D) and m.c_attn.weight.shape[1] == 3 * m.c_attn.weight.shape[0]
    ]
    if len(homes) == 0:
        raise ValueError("no c_attn found: this is no GPT-2")
    for p in model.parameters():
        p.requires_grad = False
    for home in homes:
        home.c_attn = QV(home.c_attn)
    return len(homes)
