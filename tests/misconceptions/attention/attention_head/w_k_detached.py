"""No gradient reaches w_k."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    return _right(x, w_q, w_k.detach(), w_v, mask)
