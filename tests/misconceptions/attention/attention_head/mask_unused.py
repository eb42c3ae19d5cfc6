"""The mask is not used."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    _right(x, w_q, w_k, w_v, mask)
    return _right(x, w_q, w_k, w_v)
