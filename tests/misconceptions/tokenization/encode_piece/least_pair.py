"""It joins the pair that comes first in the alphabet first."""


def encode_piece(piece, merges):
    ranks = {pair: rank for rank, pair in enumerate(merges)}
    tokens = tuple(bytes([byte]) for byte in piece)
    while learned := [pair for pair in zip(tokens, tokens[1:], strict=False) if pair in ranks]:
        tokens = merge_pair(tokens, min(learned))
    return tokens
