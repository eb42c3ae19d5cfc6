"""It splits at white space and loses it; joined, the pieces must be the text."""


def pretokenize(text, pattern=GPT2_PATTERN):
    return text.split()
