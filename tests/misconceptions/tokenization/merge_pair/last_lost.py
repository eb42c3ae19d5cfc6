"""The last token is lost."""


def merge_pair(symbols, pair):
    merged, at = [], 0
    while at < len(symbols) - 1:
        if at + 1 < len(symbols) and tuple(symbols[at : at + 2]) == pair:
            merged += [pair[0] + pair[1]]
            at += 2
        else:
            merged.append(symbols[at])
            at += 1
    return tuple(merged)
