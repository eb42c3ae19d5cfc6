"""Joins one occurrence at a time, the leftmost of the pair that was learned first."""


def encode_piece(piece, merges):
    ranks, tokens = {pair: rank for rank, pair in enumerate(merges)}, [bytes([byte]) for byte in piece]
    while True:
        found = [(ranks[pair], at) for at, pair in enumerate(zip(tokens, tokens[1:], strict=False)) if pair in ranks]
        if not found:
            return tuple(tokens)
        _, at = min(found)
        tokens[at] += tokens.pop(at + 1)
