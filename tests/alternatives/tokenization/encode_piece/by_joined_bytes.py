"""Ranks pairs by what they spell, as tiktoken does."""


def encode_piece(piece, merges):
    ranks = {}
    for rank, (left, right) in enumerate(merges):
        ranks.setdefault(left + right, rank)
    tokens = [bytes([byte]) for byte in piece]
    while len(tokens) > 1:
        rank, at = min((ranks.get(tokens[at] + tokens[at + 1], len(ranks)), at) for at in range(len(tokens) - 1))
        if rank == len(ranks):
            break
        tokens[at : at + 2] = [tokens[at] + tokens[at + 1]]
    return tuple(tokens)
