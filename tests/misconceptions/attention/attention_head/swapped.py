"""The projections of queries and keys have changed places."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    _right(x, w_q, w_k, w_v, mask)
    return _right(x, w_k, w_q, w_v, mask)
