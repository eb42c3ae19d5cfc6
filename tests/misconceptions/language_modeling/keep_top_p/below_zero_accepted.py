"""A p outside of 0 to 1 must raise ValueError."""

_right = keep_top_p


def keep_top_p(logits, p):
    return _right(logits, max(p, 0))
