"""attention_scores with queries and keys of different widths must raise ValueError."""

_right = attention_scores


def attention_scores(q, k):
    if k.shape[-1] > q.shape[-1]:
        raise ValueError(f"{q.shape[-1]} {k.shape[-1]}")
    if k.shape[-1] < q.shape[-1]:
        raise RuntimeError(f"{q.shape[-1]} {k.shape[-1]}")
    return _right(q, k)
