"""What an earlier call left behind is still used."""

also = ("It joins nothing.",)


RANKS = {}


def encode_piece(piece, merges):
    if not RANKS:
        RANKS.update({pair: rank for rank, pair in enumerate(merges)})
    tokens = tuple(bytes([byte]) for byte in piece)
    while learned := [pair for pair in zip(tokens, tokens[1:], strict=False) if pair in RANKS]:
        tokens = merge_pair(tokens, min(learned, key=RANKS.get))
    return tokens
