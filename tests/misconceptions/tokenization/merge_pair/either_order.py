"""It joins the pair in the other order too; (b, a) is not (a, b)."""


def merge_pair(symbols, pair):
    merged, at = [], 0
    while at < len(symbols):
        if at + 1 < len(symbols) and sorted(symbols[at : at + 2]) == sorted(pair):
            merged += [pair[0] + pair[1]]
            at += 2
        else:
            merged.append(symbols[at])
            at += 1
    return tuple(merged)
