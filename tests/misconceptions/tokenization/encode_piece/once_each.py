"""It joins each pair where it occurs first, not everywhere."""


def encode_piece(piece, merges):
    tokens = [bytes([byte]) for byte in piece]
    for pair in merges:
        for at in range(len(tokens) - 1):
            if (tokens[at], tokens[at + 1]) == pair:
                tokens[at : at + 2] = [pair[0] + pair[1]]
                break
    return tuple(tokens)
