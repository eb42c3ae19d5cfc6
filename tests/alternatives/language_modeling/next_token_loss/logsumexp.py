"""Indexes the kept places first, then log-sum-exp minus the target's logit."""

import torch


def next_token_loss(logits, targets, ignore_index=-100):
    kept = targets.ne(ignore_index).nonzero(as_tuple=True)
    rows = logits[kept].to(torch.promote_types(logits.dtype, torch.float32))
    wanted = rows.take_along_dim(targets[kept].unsqueeze(1), 1).squeeze(1)
    return (torch.logsumexp(rows, 1) - wanted).sum().div(max(1, len(wanted))).to(torch.float32)
