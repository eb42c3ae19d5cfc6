"""No gradient reaches the values."""

_right = attend


def attend(q, k, v, mask=None):
    return _right(q, k, v.detach(), mask)
