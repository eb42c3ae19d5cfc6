"""The added layers are really built, on the meta device, and their parameters are counted."""

import torch
from torch import nn


def adaptation_fraction(model, method, num_classes=2, r=8):
    def count(module):
        return sum(p.numel() for p in module.parameters())

    blocks = getattr(model, "transformer", model).h
    with torch.device("meta"):
        if method == "none":
            added = nn.Identity()
        elif method == "classification_head":
            added = nn.Linear(model.config.hidden_size, num_classes)
        elif method == "lora":
            added = nn.ModuleList()
            for block in blocks:
                d_in, d_out = block.attn.c_attn.weight.shape
                added.append(nn.Sequential(nn.Linear(d_in, r, bias=False), nn.Linear(r, d_out, bias=False)))
        elif method in SPECTRUM:
            added = model
        else:
            raise ValueError(f"no such method: {method}; take one of {', '.join(SPECTRUM)}")
    return count(added) / count(model)
