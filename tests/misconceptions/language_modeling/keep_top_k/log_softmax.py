"""What stays is shifted or divided; its logits stay as they were."""

_right = keep_top_k


def keep_top_k(logits, k):
    return _right(logits, k).log_softmax(dim=-1)
