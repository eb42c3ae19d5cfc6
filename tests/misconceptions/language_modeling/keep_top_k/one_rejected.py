"""k = 1 is rejected; only a smaller k is an error."""

_right = keep_top_k


def keep_top_k(logits, k):
    if k <= 1:
        raise ValueError("pass 2 or more")
    return _right(logits, k)
