"""Only the first occurrence is joined."""


def merge_pair(symbols, pair):
    for at in range(len(symbols) - 1):
        if tuple(symbols[at : at + 2]) == pair:
            return (*symbols[:at], pair[0] + pair[1], *symbols[at + 2 :])
    return tuple(symbols)
