"""It gives the pieces as bytes, not as text."""

_right = pretokenize


def pretokenize(text, pattern=GPT2_PATTERN):
    return [piece.encode() for piece in _right(text, pattern)]
