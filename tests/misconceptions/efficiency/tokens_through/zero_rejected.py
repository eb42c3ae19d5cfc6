"""Writing no token is an error; it takes no reading."""

_right = tokens_through


def tokens_through(new, cached):
    if new < 1:
        raise ValueError(f"new={new}: pass 1 or more")
    return _right(new, cached)
