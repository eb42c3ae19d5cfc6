"""The tokens come as a list; they must be a tuple."""

_right = encode_piece


def encode_piece(piece, merges):
    return list(_right(piece, merges))
