"""A token takes part in two joins; overlapping occurrences are joined once, from the left."""


def merge_pair(symbols, pair):
    merged = []
    for at in range(len(symbols)):
        if tuple(symbols[at : at + 2]) == pair:
            merged.append(pair[0] + pair[1])
        elif not (at and tuple(symbols[at - 1 : at + 1]) == pair):
            merged.append(symbols[at])
    return tuple(merged)
