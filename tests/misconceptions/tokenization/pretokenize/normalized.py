"""It normalizes the text; joined, the pieces must be the text."""

_right = pretokenize


def pretokenize(text, pattern=GPT2_PATTERN):
    import unicodedata

    return _right(unicodedata.normalize("NFKC", text), pattern)
