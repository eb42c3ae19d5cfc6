"""No gradient reaches the queries."""

_right = attention_scores


def attention_scores(q, k):
    return _right(q.detach(), k)
