"""With a cache and without are swapped."""


def tokens_through(new, cached):
    if new < 0:
        raise ValueError(f"new={new}: pass 0 or more")
    return new * (new + 1) // 2 if cached else new
