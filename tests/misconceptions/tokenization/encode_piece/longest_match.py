"""It takes the longest token that fits, from left to right."""


def encode_piece(piece, merges):
    known = {bytes([byte]) for byte in range(256)} | {left + right for left, right in merges}
    tokens = []
    while piece:
        size = next(size for size in range(len(piece), 0, -1) if piece[:size] in known)
        tokens.append(piece[:size])
        piece = piece[size:]
    return tuple(tokens)
