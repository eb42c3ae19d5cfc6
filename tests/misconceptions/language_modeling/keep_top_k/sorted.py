"""The logits come back sorted; each token has its own place."""

_right = keep_top_k


def keep_top_k(logits, k):
    return _right(logits, k).sort(dim=-1, descending=True).values
