"""At p = 1 tokens of a tiny probability go; nothing may change."""

_right = keep_top_p


def keep_top_p(logits, p):
    if p != 1:
        return _right(logits, p)
    ordered, ids = logits.float().softmax(dim=-1).sort(dim=-1, descending=True)
    keep = ordered.cumsum(dim=-1) - ordered < p
    return logits.masked_fill(~keep.scatter(-1, ids, keep), -math.inf)
