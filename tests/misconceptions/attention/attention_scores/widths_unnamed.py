"""The error for queries and keys of different widths doesn't name both widths."""

_right = attention_scores


def attention_scores(q, k):
    if q.shape[-1] != k.shape[-1]:
        raise ValueError("queries and keys differ in width")
    return _right(q, k)
