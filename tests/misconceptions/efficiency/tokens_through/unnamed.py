"""The error for `new` below 0 doesn't name it."""

_right = tokens_through


def tokens_through(new, cached):
    if new < 0:
        raise ValueError("there are no texts of less than no tokens")
    return _right(new, cached)
