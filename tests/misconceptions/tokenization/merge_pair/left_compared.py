"""It compares the left token only, and joins it with whatever follows."""


def merge_pair(symbols, pair):
    merged, at = [], 0
    while at < len(symbols):
        if at + 1 < len(symbols) and symbols[at] == pair[0]:
            merged += [pair[0] + pair[1]]
            at += 2
        else:
            merged.append(symbols[at])
            at += 1
    return tuple(merged)
