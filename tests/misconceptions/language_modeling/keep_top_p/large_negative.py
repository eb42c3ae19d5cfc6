"""What goes gets a large negative number; it must be -inf."""

_right = keep_top_p


def keep_top_p(logits, p):
    found = _right(logits, p)
    return found.masked_fill((found == -math.inf) & (logits > -math.inf), -1e4)
