"""The weights sum to 1 along another dimension than dim."""

_right = safe_softmax


def safe_softmax(scores, dim=-1):
    return _right(scores, 0)
