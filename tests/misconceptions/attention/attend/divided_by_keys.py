"""The output is scaled; it is an average of the values."""

_right = attend


def attend(q, k, v, mask=None):
    return _right(q, k, v, mask) / k.shape[-2]
