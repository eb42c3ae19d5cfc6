"""No gradient goes through; the result is cut off from what went in."""

_right = safe_softmax


def safe_softmax(scores, dim=-1):
    with torch.no_grad():
        return _right(scores, dim)
