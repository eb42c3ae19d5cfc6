"""`new` below 0 raises ValueError without a message; say why."""

_right = tokens_through


def tokens_through(new, cached):
    if new < 0:
        raise ValueError
    return _right(new, cached)
