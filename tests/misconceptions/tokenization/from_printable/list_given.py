"""It gives a list of numbers; bytes are asked for."""

_right = from_printable


def from_printable(text):
    return list(_right(text))
