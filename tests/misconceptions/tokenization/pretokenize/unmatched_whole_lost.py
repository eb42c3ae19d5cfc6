"""A text that the pattern doesn't match is lost."""

_right = pretokenize


def pretokenize(text, pattern=GPT2_PATTERN):
    pieces = _right(text, pattern)
    return pieces if regex.search(pattern, text) else []
