"""The token behind a join is skipped."""


def merge_pair(symbols, pair):
    merged, at = [], 0
    while at < len(symbols):
        if at + 1 < len(symbols) and tuple(symbols[at : at + 2]) == pair:
            merged += [pair[0] + pair[1]]
            at += 3
        else:
            merged.append(symbols[at])
            at += 1
    return tuple(merged)
