"""F.nll_loss of log_softmax over (B, V, T - 1), summed, with the ignored labels left in for ignore_index."""

import torch
from torch.nn import functional as F


def sft_loss(logits, labels):
    dtype = torch.promote_types(logits.dtype, torch.float32)
    logp = F.log_softmax(logits[:, :-1], dim=-1, dtype=dtype).movedim(-1, 1)
    shifted = labels[:, 1:].contiguous()
    number = shifted.numel() - int(torch.eq(shifted, -100).sum())
    return F.nll_loss(logp, shifted, ignore_index=-100, reduction="sum").div(number or 1)
