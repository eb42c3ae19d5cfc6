"""attend changes its input in place."""

_right = attend


def attend(q, k, v, mask=None):
    given = _right(q, k, v, mask)
    v.zero_()
    return given
