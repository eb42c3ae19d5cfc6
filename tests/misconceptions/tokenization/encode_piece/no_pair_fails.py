"""A piece without a pair to join is an error; its bytes are its tokens."""


def encode_piece(piece, merges):
    ranks = {pair: rank for rank, pair in enumerate(merges)}
    tokens = tuple(bytes([byte]) for byte in piece)
    while True:
        best = min(zip(tokens, tokens[1:], strict=False), key=lambda pair: ranks.get(pair, len(ranks)))
        if best not in ranks:
            return tokens
        tokens = merge_pair(tokens, best)
