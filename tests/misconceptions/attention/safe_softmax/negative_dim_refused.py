"""It raises an error for a negative dim, which counts from the last."""

_right = safe_softmax


def safe_softmax(scores, dim=-1):
    if dim < -1:
        raise ValueError(f"dim={dim}")
    return _right(scores, dim)
