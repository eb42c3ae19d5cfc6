"""With a cache half of the sum is counted."""


def tokens_through(new, cached):
    if new < 0:
        raise ValueError(f"new={new}: pass 0 or more")
    return new * (new + 1) // 4 if cached else new * (new + 1) // 2
