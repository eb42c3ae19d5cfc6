"""No gradient reaches the queries."""

_right = attend


def attend(q, k, v, mask=None):
    return _right(q.detach(), k, v, mask)
