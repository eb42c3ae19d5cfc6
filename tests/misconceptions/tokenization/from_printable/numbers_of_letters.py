"""The number of a letter is taken for its byte."""

_right = from_printable


def from_printable(text):
    _right(text)
    return bytes(ord(letter) % 256 for letter in text)
