"""The query is added to the average; that is for the stream."""

_right = attend


def attend(q, k, v, mask=None):
    given = _right(q, k, v, mask)
    return given + q if q.shape == given.shape else given
