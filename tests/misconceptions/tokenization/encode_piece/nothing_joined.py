"""It joins nothing."""


def encode_piece(piece, merges):
    return tuple(bytes([byte]) for byte in piece)
