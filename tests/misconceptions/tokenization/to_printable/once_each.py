"""A byte that occurs again is left out."""

_right = to_printable


def to_printable(token):
    return "".join(dict.fromkeys(_right(token)))
