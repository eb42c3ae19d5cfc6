"""The mask is applied after the softmax, so rows sum to less than 1."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    _right(x, w_q, w_k, w_v, mask)
    weights = attention_weights(attention_scores(x @ w_q, x @ w_k))
    return (weights if mask is None else weights * mask) @ (x @ w_v)
