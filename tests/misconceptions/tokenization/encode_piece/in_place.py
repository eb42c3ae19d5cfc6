"""encode_piece changes its input in place."""

_right = encode_piece


def encode_piece(piece, merges):
    tokens = _right(piece, merges)
    merges.sort()
    return tokens
