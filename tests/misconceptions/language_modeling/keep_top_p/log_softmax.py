"""What stays is shifted or divided; its logits stay as they were."""

_right = keep_top_p


def keep_top_p(logits, p):
    return _right(logits, p).log_softmax(dim=-1)
