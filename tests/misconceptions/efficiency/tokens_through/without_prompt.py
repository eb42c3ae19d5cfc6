"""With a cache the call that reads the prompt is left out."""


def tokens_through(new, cached):
    if new < 0:
        raise ValueError(f"new={new}: pass 0 or more")
    return max(new - 1, 0) if cached else new * (new + 1) // 2
