"""The weights are transposed before they meet the values."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    _right(x, w_q, w_k, w_v, mask)
    return attention_weights(attention_scores(x @ w_q, x @ w_k), mask).mT @ (x @ w_v)
