"""The sum of 1 to n is not halved."""


def tokens_through(new, cached):
    if new < 0:
        raise ValueError(f"new={new}: pass 0 or more")
    return new if cached else new * (new + 1)
