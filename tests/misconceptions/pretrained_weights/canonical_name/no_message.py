"""The ValueError has no message; say which name it is."""

_right = canonical_name


def canonical_name(name):
    try:
        return _right(name)
    except ValueError:
        raise ValueError from None
