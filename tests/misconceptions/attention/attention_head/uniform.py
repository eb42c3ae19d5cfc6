"""All keys have the same weight; the scores must decide."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    _right(x, w_q, w_k, w_v, mask)
    return attend(0 * (x @ w_q), x @ w_k, x @ w_v, mask)
