"""It ranks a pair by when its parts were learned, not by when the pair was."""


def encode_piece(piece, merges):
    ids = {bytes([byte]): byte for byte in range(256)}
    for rank, (left, right) in enumerate(merges):
        ids.setdefault(left + right, 256 + rank)
    tokens = tuple(bytes([byte]) for byte in piece)
    while learned := [pair for pair in zip(tokens, tokens[1:], strict=False) if pair in merges]:
        best = min(learned, key=lambda pair: (max(ids[pair[0]], ids[pair[1]]), merges.index(pair)))
        tokens = merge_pair(tokens, best)
    return tokens
