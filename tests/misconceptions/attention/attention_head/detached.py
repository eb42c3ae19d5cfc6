"""No gradient goes through; the result is cut off from what went in."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    return _right(x, w_q, w_k, w_v, mask).detach()
