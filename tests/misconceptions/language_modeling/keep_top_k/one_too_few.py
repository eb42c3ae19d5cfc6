"""One too few stays."""

_right = keep_top_k


def keep_top_k(logits, k):
    _right(logits, k)
    return _right(logits, k - 1) if k > 1 else torch.full_like(logits, -math.inf)
