"""The mask is transposed; its rows belong to queries."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    _right(x, w_q, w_k, w_v, mask)
    return _right(x, w_q, w_k, w_v, mask.mT if mask is not None and mask.ndim > 1 else mask)
