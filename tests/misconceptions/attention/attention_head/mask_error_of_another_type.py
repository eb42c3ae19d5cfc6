"""attention_head with a mask that isn't boolean must raise TypeError."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise ValueError(f"the mask is {mask.dtype}")
    return _right(x, w_q, w_k, w_v, mask)
