"""It joins pairs of single bytes only."""


def encode_piece(piece, merges):
    tokens = tuple(bytes([byte]) for byte in piece)
    for pair in merges:
        if len(pair[0] + pair[1]) == 2:
            tokens = merge_pair(tokens, pair)
    return tokens
