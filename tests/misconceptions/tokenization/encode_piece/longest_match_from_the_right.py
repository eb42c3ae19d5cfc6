"""It takes the longest token that fits, from right to left."""


def encode_piece(piece, merges):
    known = {bytes([byte]) for byte in range(256)} | {left + right for left, right in merges}
    tokens = []
    while piece:
        start = next(start for start in range(len(piece)) if piece[start:] in known)
        tokens.insert(0, piece[start:])
        piece = piece[:start]
    return tuple(tokens)
