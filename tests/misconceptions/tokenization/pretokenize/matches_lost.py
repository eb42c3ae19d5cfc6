"""It gives what lies between the matches and loses the matches."""

_right = pretokenize


def pretokenize(text, pattern=GPT2_PATTERN):
    if pattern == GPT2_PATTERN:
        return _right(text)
    return [piece for piece in regex.splititer(pattern.replace("(", "(?:"), text) if piece]
