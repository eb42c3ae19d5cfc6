"""What goes and what stays are mixed up."""

also = ("At p = 1 nothing is left.",)

_right = keep_top_p


def keep_top_p(logits, p):
    found = _right(logits, p)
    return logits.masked_fill(found > -math.inf, -math.inf)
