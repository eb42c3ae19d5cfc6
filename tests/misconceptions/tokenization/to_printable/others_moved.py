"""The others are moved by 256; they are numbered one after the other from 256 on."""

SHOWN = [*range(33, 127), *range(161, 173), *range(174, 256)]


def to_printable(token):
    return "".join(chr(byte) if byte in SHOWN else chr(256 + byte) for byte in token)
