"""Without a cache the prompt's token is left out."""


def tokens_through(new, cached):
    if new < 0:
        raise ValueError(f"new={new}: pass 0 or more")
    return new if cached else new * (new - 1) // 2
