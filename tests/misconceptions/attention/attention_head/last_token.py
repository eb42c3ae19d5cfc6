"""Only the last token is answered; each has an average of its own."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    return _right(x, w_q, w_k, w_v, mask)[:, -1]
