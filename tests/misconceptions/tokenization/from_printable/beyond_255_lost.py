"""Letters beyond 255 are lost."""

_right = from_printable


def from_printable(text):
    _right(text)
    return bytes(ord(letter) for letter in text if ord(letter) < 256)
