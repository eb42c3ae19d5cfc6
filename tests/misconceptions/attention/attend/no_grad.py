"""No gradient goes through; the result is cut off from what went in."""

_right = attend


def attend(q, k, v, mask=None):
    with torch.no_grad():
        return _right(q, k, v, mask)
