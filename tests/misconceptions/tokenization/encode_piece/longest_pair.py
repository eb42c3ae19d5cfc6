"""It joins the longest pair first."""


def encode_piece(piece, merges):
    ranks = {pair: rank for rank, pair in enumerate(merges)}
    tokens = tuple(bytes([byte]) for byte in piece)
    while learned := [pair for pair in zip(tokens, tokens[1:], strict=False) if pair in ranks]:
        tokens = merge_pair(tokens, min(learned, key=lambda pair: (-len(pair[0] + pair[1]), ranks[pair])))
    return tokens
