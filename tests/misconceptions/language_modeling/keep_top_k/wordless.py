"""A k below 1 raises ValueError without a message; say why."""

_right = keep_top_k


def keep_top_k(logits, k):
    if k < 1:
        raise ValueError
    return _right(logits, k)
