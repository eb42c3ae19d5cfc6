"""`new` below 0 must raise ValueError."""

_right = tokens_through


def tokens_through(new, cached):
    return max(new, 0) if cached else _right(new, cached)
