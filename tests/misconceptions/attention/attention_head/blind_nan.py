"""A query that may look at nothing gets NaN; it must get zeros."""

also = ("The gradient is NaN; NaN that is replaced afterwards still stands in the gradient.",)

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    _right(x, w_q, w_k, w_v, mask)
    scores = attention_scores(x @ w_q, x @ w_k)
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return scores.softmax(dim=-1) @ (x @ w_v)
