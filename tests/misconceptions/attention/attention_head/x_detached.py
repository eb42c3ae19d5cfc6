"""No gradient reaches x."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    return _right(x.detach(), w_q, w_k, w_v, mask)
