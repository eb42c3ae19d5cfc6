"""Without a cache it counts a token a call; the whole text is read again."""


def tokens_through(new, cached):
    if new < 0:
        raise ValueError(f"new={new}: pass 0 or more")
    return new
