"""The softmax runs over the queries; it runs over the keys."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    _right(x, w_q, w_k, w_v, mask)
    scores = attention_scores(x @ w_q, x @ w_k)
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return safe_softmax(scores, 1) @ (x @ w_v)
