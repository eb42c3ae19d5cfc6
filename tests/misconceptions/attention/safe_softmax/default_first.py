"""The weights sum to 1 along another dimension than dim."""

_right = safe_softmax


def safe_softmax(scores, dim=0):
    return _right(scores, dim)
