"""attend changes its input in place."""

_right = attend


def attend(q, k, v, mask=None):
    given = _right(q, k, v, mask)
    if mask is not None:
        mask.fill_(True)
    return given
