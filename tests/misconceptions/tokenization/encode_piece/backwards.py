"""It goes through the merges from the last to the first."""


def encode_piece(piece, merges):
    tokens = tuple(bytes([byte]) for byte in piece)
    for pair in reversed(merges):
        tokens = merge_pair(tokens, pair)
    return tokens
