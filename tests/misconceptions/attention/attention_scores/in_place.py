"""attention_scores changes its input in place."""

_right = attention_scores


def attention_scores(q, k):
    scores = _right(q, k)
    q /= q.shape[-1] ** 0.5
    return scores
