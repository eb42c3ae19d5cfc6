"""The bytes 161 to 255 are moved; but for 173 they stay."""

SHOWN = [*range(33, 127)]


def to_printable(token):
    others = [byte for byte in range(256) if byte not in SHOWN]
    return "".join(chr(byte) if byte in SHOWN else chr(256 + others.index(byte)) for byte in token)
