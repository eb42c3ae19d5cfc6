"""The scores are scaled wrongly; they are divided by the root of the width once."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    _right(x, w_q, w_k, w_v, mask)
    return _right(x, 0.9 * w_q, w_k, w_v, mask)
