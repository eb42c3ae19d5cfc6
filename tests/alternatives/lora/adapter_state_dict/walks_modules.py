"""Walks modules and their own parameters, and copies each by multiplying nothing: new_empty and copy_."""

import torch


@torch.no_grad()
def adapter_state_dict(model):
    saved = {}
    for prefix, module in model.named_modules():
        for leaf, p in module.named_parameters(recurse=False):
            if p.requires_grad:
                saved[".".join(filter(None, (prefix, leaf)))] = torch.empty_like(p, requires_grad=False).copy_(p)
    return saved
