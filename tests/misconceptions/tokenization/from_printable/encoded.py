"""It encodes the letters as UTF-8; each letter stands for one byte."""

_right = from_printable


def from_printable(text):
    _right(text)
    return text.encode()
