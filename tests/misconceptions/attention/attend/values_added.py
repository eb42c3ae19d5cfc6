"""The values are added to the average; that is for the stream."""

_right = attend


def attend(q, k, v, mask=None):
    given = _right(q, k, v, mask)
    return given + v if v.shape == given.shape else given
