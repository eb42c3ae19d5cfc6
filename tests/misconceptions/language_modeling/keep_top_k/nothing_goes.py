"""Nothing goes."""

_right = keep_top_k


def keep_top_k(logits, k):
    _right(logits, k)
    return logits.clone()
