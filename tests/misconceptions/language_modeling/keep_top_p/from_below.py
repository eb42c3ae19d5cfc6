"""The probabilities are added up from the smallest; the likeliest come first."""

_right = keep_top_p


def keep_top_p(logits, p):
    if not 0 < p < 1:
        return _right(logits, p)
    ordered, ids = logits.float().softmax(dim=-1).sort(dim=-1)
    keep = ordered.cumsum(dim=-1) - ordered < p
    return logits.masked_fill(~keep.scatter(-1, ids, keep), -math.inf)
