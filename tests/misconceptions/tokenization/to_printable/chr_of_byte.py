"""Every byte is the character with its number; 68 of them can't be seen."""

SHOWN = [*range(33, 127), *range(161, 173), *range(174, 256)]


def to_printable(token):
    return "".join(chr(byte) for byte in token)
