"""A character that is the letter of no byte must be a ValueError."""

_right = from_printable


def from_printable(text):
    return _right("".join(letter for letter in text if letter in printable_letters()))
