"""The scores are scaled; softmax takes them as they stand."""

_right = safe_softmax


def safe_softmax(scores, dim=-1):
    return _right(1.1 * scores, dim)
