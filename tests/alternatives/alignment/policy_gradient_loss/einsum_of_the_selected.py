"""The response tokens are selected first, so that nothing else is ever read; einsum multiplies and sums them."""

import torch


def policy_gradient_loss(logp, advantages, mask):
    where = mask.nonzero(as_tuple=True)
    tokens, weights = logp[where], advantages.detach()[where].to(logp.dtype)
    return -torch.einsum("n,n->", tokens, weights) / max(tokens.numel(), 1)
