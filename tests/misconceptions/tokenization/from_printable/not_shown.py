"""The error for a character that is the letter of no byte does not show it."""

_right = from_printable


def from_printable(text):
    try:
        return _right(text)
    except ValueError:
        raise ValueError("not a printable token") from None
