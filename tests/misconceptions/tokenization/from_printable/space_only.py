"""Only Ġ is taken back; other letters stand for bytes that can't be seen, too."""

_right = from_printable


def from_printable(text):
    _right(text)
    return text.replace("Ġ", " ").encode()
