"""An empty list of merges is an error; the bytes are the tokens then."""

_right = encode_piece


def encode_piece(piece, merges):
    if not merges:
        raise ValueError("there are no merges: train first")
    return _right(piece, merges)
