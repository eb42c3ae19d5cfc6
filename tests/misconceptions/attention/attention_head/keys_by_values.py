"""The keys have the projection of the values; they have their own."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    _right(x, w_q, w_k, w_v, mask)
    return _right(x, w_q, w_v, w_v, mask) if w_q.shape == w_v.shape else _right(x, w_q, w_k, w_v, mask)
