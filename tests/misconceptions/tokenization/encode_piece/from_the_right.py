"""It joins overlapping pairs from the right; it must begin on the left."""

_right = encode_piece


def encode_piece(piece, merges):
    turned = [(right[::-1], left[::-1]) for left, right in merges]
    return tuple(token[::-1] for token in reversed(_right(piece[::-1], turned)))
