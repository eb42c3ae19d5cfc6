"""A p between 0 and 1 is rejected."""

_right = keep_top_p


def keep_top_p(logits, p):
    if 0.6 < p < 0.9:
        raise ValueError("pass another p")
    return _right(logits, p)
