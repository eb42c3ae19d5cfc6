"""It raises an error for another number of leading dimensions, or of queries than keys."""

_right = attention_scores


def attention_scores(q, k):
    if q.shape != k.shape:
        raise ValueError(f"shapes {tuple(q.shape)} and {tuple(k.shape)} differ")
    return _right(q, k)
