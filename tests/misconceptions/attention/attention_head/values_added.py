"""The values are added to the average."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    return _right(x, w_q, w_k, w_v, mask) + x @ w_v
