"""The error for a text without words says nothing; say why."""

_right = fertility


def fertility(text, encode):
    if not text.split():
        raise ValueError
    return _right(text, encode)
