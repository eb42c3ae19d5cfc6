"""The error for queries and keys of different widths doesn't name both widths."""

_right = attention_scores


def attention_scores(q, k):
    if q.shape[-1] != k.shape[-1]:
        raise ValueError(f"queries must have width {k.shape[-1]}")
    return _right(q, k)
