"""The byte 127 stays; it is one of those that can't be seen."""

SHOWN = [127, *range(33, 127), *range(161, 173), *range(174, 256)]


def to_printable(token):
    others = [byte for byte in range(256) if byte not in SHOWN]
    return "".join(chr(byte) if byte in SHOWN else chr(256 + others.index(byte)) for byte in token)
