"""With a cache one call too many is counted: the last token is never read."""


def tokens_through(new, cached):
    if new < 0:
        raise ValueError(f"new={new}: pass 0 or more")
    return new + 1 if cached else new * (new + 1) // 2
