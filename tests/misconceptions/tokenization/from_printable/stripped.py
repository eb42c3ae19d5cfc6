"""White space at the beginning of the token is lost."""

_right = from_printable


def from_printable(text):
    return _right(text).lstrip()
