"""attention_scores changes its input in place."""

_right = attention_scores


def attention_scores(q, k):
    scores = _right(q, k)
    k *= 0
    return scores
