"""A name that is short already is refused."""

_right = canonical_name


def canonical_name(name):
    if _right(name) == name:
        raise ValueError(f"{name} is unknown")
    return _right(name)
