"""It changes letters to small ones."""

_right = pretokenize


def pretokenize(text, pattern=GPT2_PATTERN):
    return _right(text.lower(), pattern)
