"""At p = 0 everything stays; one token does."""

_right = keep_top_p


def keep_top_p(logits, p):
    return logits.clone() if p == 0 else _right(logits, p)
