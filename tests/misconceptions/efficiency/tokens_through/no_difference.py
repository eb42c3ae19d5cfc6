"""The cache makes no difference."""


def tokens_through(new, cached):
    if new < 0:
        raise ValueError(f"new={new}: pass 0 or more")
    return new * (new + 1) // 2
