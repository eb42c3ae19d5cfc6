"""With a cache one token is counted in all; each call reads one."""


def tokens_through(new, cached):
    if new < 0:
        raise ValueError(f"new={new}: pass 0 or more")
    return 1 if cached else new * (new + 1) // 2
