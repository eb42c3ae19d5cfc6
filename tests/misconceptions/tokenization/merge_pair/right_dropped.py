"""It keeps the left token and drops the right one."""


def merge_pair(symbols, pair):
    merged, at = [], 0
    while at < len(symbols):
        if at + 1 < len(symbols) and tuple(symbols[at : at + 2]) == pair:
            merged += [pair[0]]
            at += 2
        else:
            merged.append(symbols[at])
            at += 1
    return tuple(merged)
