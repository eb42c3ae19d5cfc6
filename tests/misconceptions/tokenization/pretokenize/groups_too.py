"""It gives a group of the pattern as a piece of its own."""


def pretokenize(text, pattern=GPT2_PATTERN):
    return [piece for piece in regex.split(f"({pattern})", text) if piece]
