"""No gradient goes through; the result is cut off from what went in."""

_right = attend


def attend(q, k, v, mask=None):
    return _right(q, k, v, mask).detach()
