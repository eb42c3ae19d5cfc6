"""Only the last query is answered; each has an average of its own."""

_right = attend


def attend(q, k, v, mask=None):
    return _right(q, k, v, mask)[..., -1:, :]
