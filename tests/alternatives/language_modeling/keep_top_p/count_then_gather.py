"""Counts how many stay and compares each token's rank with that."""

import torch


def keep_top_p(logits, p):
    if not 0 <= p <= 1:
        raise ValueError(f"p is {p}: pass a number from 0 to 1")
    if p == 1.0:
        return logits + 0
    probs = torch.softmax(logits, dim=-1, dtype=torch.float32)
    order = probs.argsort(dim=-1, descending=True, stable=True)
    short = probs.gather(-1, order).cumsum(-1).lt(p).sum(-1, keepdim=True)
    return torch.where(order.argsort(-1) <= short, logits, torch.full_like(logits, -torch.inf))
