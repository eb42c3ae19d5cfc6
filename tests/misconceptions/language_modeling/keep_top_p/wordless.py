"""A p outside of 0 to 1 raises ValueError without a message; say why."""

_right = keep_top_p


def keep_top_p(logits, p):
    if not 0 <= p <= 1:
        raise ValueError
    return _right(logits, p)
