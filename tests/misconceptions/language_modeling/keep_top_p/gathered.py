"""The mask stays in the sorted order; it must go back to the tokens' own places."""

_right = keep_top_p


def keep_top_p(logits, p):
    if not 0 < p < 1:
        return _right(logits, p)
    ordered, ids = logits.float().softmax(dim=-1).sort(dim=-1, descending=True)
    keep = ordered.cumsum(dim=-1) - ordered < p
    return logits.masked_fill(~keep.gather(-1, ids), -math.inf)
