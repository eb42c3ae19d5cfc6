"""A small p is rejected."""

_right = keep_top_p


def keep_top_p(logits, p):
    if 0 < p < 0.5:
        raise ValueError("pass a larger p")
    return _right(logits, p)
