"""attend changes its input in place."""

_right = attend


def attend(q, k, v, mask=None):
    given = _right(q, k, v, mask)
    q *= k.shape[-1] ** -0.5
    return given
