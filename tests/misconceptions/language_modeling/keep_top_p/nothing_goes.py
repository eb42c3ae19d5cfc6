"""Nothing goes."""

also = ("At p = 0 everything stays; one token does.",)

_right = keep_top_p


def keep_top_p(logits, p):
    if not 0 < p < 1:
        return _right(logits, p)
    return logits.clone()
