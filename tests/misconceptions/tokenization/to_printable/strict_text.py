"""Bytes that are no text are an error; every byte has a letter."""

_right = to_printable


def to_printable(token):
    return _right(token.decode().encode())
