"""No gradient goes through; the result is cut off from what went in."""

_right = attention_scores


def attention_scores(q, k):
    return _right(q, k).detach()
