"""A piece without a pair to join is an error; its bytes are its tokens."""

_right = encode_piece


def encode_piece(piece, merges):
    return _right(piece.decode().encode(), merges)
