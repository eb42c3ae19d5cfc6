"""No gradient reaches the keys."""

_right = attention_scores


def attention_scores(q, k):
    return _right(q, k.detach())
