"""Keeps a list of borders instead of tokens, and takes a border out where a pair is joined."""


def encode_piece(piece, merges):
    rank = dict(zip(reversed(merges), range(len(merges) - 1, -1, -1), strict=False))
    cuts = list(range(len(piece) + 1))
    while True:
        pairs = [(piece[a:b], piece[b:c]) for a, b, c in zip(cuts, cuts[1:], cuts[2:], strict=False)]
        known = [pair for pair in pairs if pair in rank]
        if not known:
            return tuple(piece[a:b] for a, b in zip(cuts, cuts[1:], strict=False))
        first = min(known, key=rank.__getitem__)
        gone, skip = set(), False
        for cut, pair in zip(cuts[1:], pairs, strict=False):
            skip = pair == first and not skip
            if skip:
                gone.add(cut)
        cuts = [cut for cut in cuts if cut not in gone]
