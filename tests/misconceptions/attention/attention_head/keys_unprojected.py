"""The keys aren't projected."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    _right(x, w_q, w_k, w_v, mask)
    return attend(x @ w_q, x, x @ w_v, mask) if w_q.shape[0] == w_q.shape[1] else _right(x, w_q, w_k, w_v, mask)
