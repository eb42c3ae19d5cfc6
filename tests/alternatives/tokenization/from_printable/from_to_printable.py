"""Turns the table of to_printable round, once."""

from functools import cache


@cache
def _bytes_of_letters():
    return {to_printable(bytes([byte])): byte for byte in range(256)}


def from_printable(text):
    table = _bytes_of_letters()
    if wrong := [letter for letter in text if letter not in table]:
        raise ValueError(f"no byte is written as {wrong[0]!r} (in {text!r})")
    return bytes(map(table.__getitem__, text))
