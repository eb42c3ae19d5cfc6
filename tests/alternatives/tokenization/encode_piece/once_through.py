"""Goes once through all merges in their order and applies each wherever it fits."""


def encode_piece(piece, merges):
    tokens = tuple(piece[at : at + 1] for at in range(len(piece)))
    for pair in merges:
        tokens = merge_pair(tokens, pair)
    return tokens
