"""p is taken for the probability that goes."""

_right = keep_top_p


def keep_top_p(logits, p):
    if not 0 < p < 1:
        return _right(logits, p)
    return _right(logits, 1 - p)
