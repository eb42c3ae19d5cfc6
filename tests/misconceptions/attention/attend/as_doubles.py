"""What comes out is in float64; it must have the dtype of what went in."""

_right = attend


def attend(q, k, v, mask=None):
    return _right(q.double(), k.double(), v.double(), mask)
