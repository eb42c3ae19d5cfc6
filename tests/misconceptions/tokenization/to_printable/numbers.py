"""It writes the numbers of the bytes."""


def to_printable(token):
    return " ".join(str(byte) for byte in token)
