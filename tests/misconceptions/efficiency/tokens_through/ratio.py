"""It says how many times fewer tokens a cache reads."""


def tokens_through(new, cached):
    if new < 0:
        raise ValueError(f"new={new}: pass 0 or more")
    return new if cached else (new + 1) / 2
