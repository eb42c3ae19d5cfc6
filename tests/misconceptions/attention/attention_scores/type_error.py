"""attention_scores with queries and keys of different widths must raise ValueError."""

_right = attention_scores


def attention_scores(q, k):
    if q.shape[-1] != k.shape[-1]:
        raise TypeError(f"widths {q.shape[-1]} and {k.shape[-1]}")
    return _right(q, k)
