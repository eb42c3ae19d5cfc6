"""raises ValueError without a message; say why."""

_right = attention_scores


def attention_scores(q, k):
    if q.shape[-1] != k.shape[-1]:
        raise ValueError
    return _right(q, k)
