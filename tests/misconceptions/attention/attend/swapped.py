"""Queries and keys have changed places."""

_right = attend


def attend(q, k, v, mask=None):
    given = _right(q, k, v, mask)
    return _right(k, q, v, mask) if q.shape == k.shape else given
