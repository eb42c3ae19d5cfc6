"""Only the likeliest stays, whatever p is."""

_right = keep_top_p


def keep_top_p(logits, p):
    if not 0 < p < 1:
        return _right(logits, p)
    return keep_top_k(logits, 1)
