"""Every byte is moved by 256; those that can be seen stay."""

SHOWN = [*range(33, 127), *range(161, 173), *range(174, 256)]


def to_printable(token):
    return "".join(chr(256 + byte) for byte in token)
