"""It compares the joined bytes; (ab, c) is not the pair (a, bc), although both spell abc."""


def merge_pair(symbols, pair):
    merged, at = [], 0
    while at < len(symbols):
        if at + 1 < len(symbols) and symbols[at] + symbols[at + 1] == pair[0] + pair[1]:
            merged += [pair[0] + pair[1]]
            at += 2
        else:
            merged.append(symbols[at])
            at += 1
    return tuple(merged)
