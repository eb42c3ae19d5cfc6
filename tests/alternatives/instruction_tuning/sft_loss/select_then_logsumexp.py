"""Supervised positions are selected first; the loss is logsumexp minus the label's logit."""

import torch


def sft_loss(logits, labels):
    finer = torch.promote_types(logits.dtype, torch.float32)
    rows, columns = torch.nonzero(labels[:, 1:] != IGNORE_INDEX, as_tuple=True)
    picked = logits[rows, columns].to(finer)
    losses = picked.logsumexp(dim=-1) - picked.gather(-1, labels[rows, columns + 1].unsqueeze(-1)).squeeze(-1)
    return losses.sum() / max(losses.numel(), 1)
