"""The message doesn't have the name that was refused."""

_right = canonical_name


def canonical_name(name):
    try:
        return _right(name)
    except ValueError:
        raise ValueError("unknown name of a tensor") from None
