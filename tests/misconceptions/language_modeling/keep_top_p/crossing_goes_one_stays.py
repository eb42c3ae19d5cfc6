"""The token with which the sum reaches p goes; it stays."""

_right = keep_top_p


def keep_top_p(logits, p):
    if not 0 < p < 1:
        return _right(logits, p)
    ordered, ids = logits.float().softmax(dim=-1).sort(dim=-1, descending=True)
    keep = ordered.cumsum(dim=-1) < p
    keep[..., 0] = True
    return logits.masked_fill(~keep.scatter(-1, ids, keep), -math.inf)
