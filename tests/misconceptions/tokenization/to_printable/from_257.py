"""The others are numbered from 257 on; they begin at 256."""

SHOWN = [*range(33, 127), *range(161, 173), *range(174, 256)]


def to_printable(token):
    others = [byte for byte in range(256) if byte not in SHOWN]
    return "".join(chr(byte) if byte in SHOWN else chr(257 + others.index(byte)) for byte in token)
