"""OpenAI's g, the gain of a norm, is refused."""

_right = canonical_name


def canonical_name(name):
    if name.endswith("/g"):
        raise ValueError(f"{name} is unknown")
    return _right(name)
