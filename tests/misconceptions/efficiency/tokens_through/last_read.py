"""Without a cache the last token is read as well; nothing is written after it."""


def tokens_through(new, cached):
    if new < 0:
        raise ValueError(f"new={new}: pass 0 or more")
    return new if cached else (new + 1) * (new + 2) // 2
