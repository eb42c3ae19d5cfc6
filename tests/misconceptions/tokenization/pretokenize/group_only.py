"""It gives what a group of the pattern caught, not the whole match."""

also = ("What the pattern doesn't match is lost; joined, the pieces must be the text.", "It gives empty pieces.")


def pretokenize(text, pattern=GPT2_PATTERN):
    return regex.findall(pattern, text)
