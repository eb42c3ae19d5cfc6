"""It takes white space away from the pieces."""

_right = pretokenize


def pretokenize(text, pattern=GPT2_PATTERN):
    return [piece.strip() for piece in _right(text, pattern)]
