"""What comes out is in float32; it must have the dtype of what went in."""

_right = safe_softmax


def safe_softmax(scores, dim=-1):
    return _right(scores.float(), dim)
