"""torch's own attention, after a look at what goes in."""

from torch.nn import functional as F


def attend(q, k, v, mask=None):
    if q.shape[-1] != k.shape[-1]:
        raise ValueError(f"queries are {q.shape[-1]} wide, keys {k.shape[-1]}")
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is of {mask.dtype}")
    if mask is not None:
        mask = mask.expand(*q.shape[:-1], k.shape[-2])
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
