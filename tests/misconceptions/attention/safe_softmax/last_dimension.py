"""dim is not used; it is always the last."""

_right = safe_softmax


def safe_softmax(scores, dim=-1):
    return _right(scores)
