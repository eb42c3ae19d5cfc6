"""A pair at the end of the word is not joined."""


def merge_pair(symbols, pair):
    merged, at = [], 0
    while at < len(symbols):
        if at < len(symbols) - 2 and tuple(symbols[at : at + 2]) == pair:
            merged.append(pair[0] + pair[1])
            at += 2
        else:
            merged.append(symbols[at])
            at += 1
    return tuple(merged)
