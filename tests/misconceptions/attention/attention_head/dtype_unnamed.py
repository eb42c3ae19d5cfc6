"""The error for a mask that isn't boolean doesn't name its dtype."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError("a mask is boolean")
    return _right(x, w_q, w_k, w_v, mask)
