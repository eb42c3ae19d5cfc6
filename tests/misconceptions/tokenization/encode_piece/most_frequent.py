"""It joins the pair that is most frequent in the piece first."""


def encode_piece(piece, merges):
    tokens = tuple(bytes([byte]) for byte in piece)
    while learned := [pair for pair in zip(tokens, tokens[1:], strict=False) if pair in merges]:
        counts = Counter(learned)
        tokens = merge_pair(tokens, max(counts, key=lambda pair: (counts[pair], -merges.index(pair))))
    return tokens
