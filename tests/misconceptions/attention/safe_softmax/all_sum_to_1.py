"""All weights together sum to 1; each row has a sum of its own."""

_right = safe_softmax


def safe_softmax(scores, dim=-1):
    return _right(scores.flatten(), 0).view_as(scores)
