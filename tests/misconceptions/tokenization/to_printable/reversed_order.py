"""The others are numbered in reverse order."""

SHOWN = [*range(33, 127), *range(161, 173), *range(174, 256)]


def to_printable(token):
    return "".join(
        chr(byte) if byte in SHOWN else chr(323 - [one for one in range(256) if one not in SHOWN].index(byte))
        for byte in token
    )
