"""A piece without a pair to join is an error; its bytes are its tokens."""

_right = encode_piece


def encode_piece(piece, merges):
    assert piece, "there is no piece"
    return _right(piece, merges)
