"""An unknown name raises another error than ValueError."""

_right = canonical_name


def canonical_name(name):
    try:
        return _right(name)
    except ValueError:
        raise AssertionError(name) from None
