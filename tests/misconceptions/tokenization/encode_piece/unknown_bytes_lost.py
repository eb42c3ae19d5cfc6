"""Bytes that no merge has are lost."""

_right = encode_piece


def encode_piece(piece, merges):
    known = b"".join(left + right for left, right in merges)
    return _right(bytes(byte for byte in piece if byte in known), merges)
