"""Only the space is replaced."""

SHOWN = [*range(33, 127), *range(161, 173), *range(174, 256)]


def to_printable(token):
    return "".join("Ġ" if byte == 32 else chr(byte) for byte in token)
