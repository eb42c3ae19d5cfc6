"""It gives what a group of the pattern caught, not the whole match."""


def pretokenize(text, pattern=GPT2_PATTERN):
    return regex.findall(pattern, text)
