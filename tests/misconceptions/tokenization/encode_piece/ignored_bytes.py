"""Bytes that are no text are lost or changed."""

_right = encode_piece


def encode_piece(piece, merges):
    return _right(piece.decode(errors="ignore").encode(), merges)
