"""Latin-1 and a table for str.translate."""

_KEPT = set(range(33, 127)) | set(range(161, 256)) - {173}
_TABLE = {byte: 256 + at for at, byte in enumerate(sorted(set(range(256)) - _KEPT))}


def to_printable(token):
    return token.decode("latin-1").translate(_TABLE)
