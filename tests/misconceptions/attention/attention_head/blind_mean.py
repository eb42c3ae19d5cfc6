"""A query that may look at nothing gets the mean of all values; it must get zeros."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    _right(x, w_q, w_k, w_v, mask)
    scores = attention_scores(x @ w_q, x @ w_k)
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e30)
    return scores.softmax(dim=-1) @ (x @ w_v)
