"""attention_head changes its input in place."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    given = _right(x, w_q, w_k, w_v, mask)
    x *= 0.5
    return given
