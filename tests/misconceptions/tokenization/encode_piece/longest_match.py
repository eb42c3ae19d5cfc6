"""It takes the longest token that fits, from left to right."""


def encode_piece(piece, merges):
    known = {bytes([byte]) for byte in range(256)} | {left + right for left, right in merges}
    found, start = [], 0
    while start < len(piece):
        end = max(end for end in range(start + 1, len(piece) + 1) if piece[start:end] in known)
        found.append(piece[start:end])
        start = end
    return tuple(found)
