"""Bytes are written as escapes."""

SHOWN = [*range(33, 127), *range(161, 173), *range(174, 256)]


def to_printable(token):
    return "".join(chr(byte) if 33 <= byte < 127 else f"\\x{byte:02x}" for byte in token)
