"""The triangle is forgotten: without a cache each call is counted as if it read the whole text."""


def tokens_through(new, cached):
    if new < 0:
        raise ValueError(f"new={new}: pass 0 or more")
    return new if cached else new * new
