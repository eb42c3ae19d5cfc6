"""An empty text is an error; it has no pieces."""

_right = pretokenize


def pretokenize(text, pattern=GPT2_PATTERN):
    if not text:
        raise ValueError("there is no text")
    return _right(text, pattern)
