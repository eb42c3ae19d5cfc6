"""attend with queries and keys of different widths must raise ValueError."""

from torch.nn import functional as F


def attend(q, k, v, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
