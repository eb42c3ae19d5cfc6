"""It joins the leftmost pair first; the pair that was learned first comes first."""


def encode_piece(piece, merges):
    tokens, at = [bytes([byte]) for byte in piece], 0
    while at < len(tokens) - 1:
        if (tokens[at], tokens[at + 1]) in merges:
            tokens[at : at + 2] = [tokens[at] + tokens[at + 1]]
            at = 0
        else:
            at += 1
    return tuple(tokens)
