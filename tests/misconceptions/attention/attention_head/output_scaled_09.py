"""The output is scaled; it is an average of the values."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    return 0.9 * _right(x, w_q, w_k, w_v, mask)
