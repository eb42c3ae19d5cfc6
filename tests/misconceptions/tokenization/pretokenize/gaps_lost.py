"""What the pattern doesn't match is lost; joined, the pieces must be the text."""


def pretokenize(text, pattern=GPT2_PATTERN):
    return [match.group() for match in regex.finditer(pattern, text) if match.group()]
