"""The average is summed over the queries; each has its own."""

_right = attend


def attend(q, k, v, mask=None):
    return _right(q, k, v, mask).sum(dim=-2)
