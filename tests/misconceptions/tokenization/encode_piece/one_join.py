"""It ends after the first join."""


def encode_piece(piece, merges):
    tokens = tuple(bytes([byte]) for byte in piece)
    learned = [pair for pair in zip(tokens, tokens[1:], strict=False) if pair in merges]
    return merge_pair(tokens, min(learned, key=merges.index)) if learned else tokens
