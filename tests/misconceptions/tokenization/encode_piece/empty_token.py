"""An empty piece has one token, b""; it has none."""

_right = encode_piece


def encode_piece(piece, merges):
    return _right(piece, merges) or (b"",)
