"""One token too many stays: with the one before it the sum had reached p."""

_right = keep_top_p


def keep_top_p(logits, p):
    found = _right(logits, p)
    keep = (found > -math.inf) | (logits >= logits.topk(2, dim=-1).values[..., -1:])
    return logits.masked_fill(~keep, -math.inf)
