"""What goes gets a large negative number; it must be -inf."""

_right = keep_top_k


def keep_top_k(logits, k):
    found = _right(logits, k)
    return found.masked_fill((found == -math.inf) & (logits > -math.inf), -1e4)
