"""attention_scores with queries and keys of different widths must raise ValueError."""

_right = attention_scores


def attention_scores(q, k):
    if q.ndim < 3 and q.shape[-1] != k.shape[-1]:
        return q @ k.mT
    return _right(q, k)
