"""Joins the first occurrence and goes on with what is left."""


def merge_pair(symbols, pair):
    symbols = tuple(symbols)
    for at in range(len(symbols) - 1):
        if symbols[at] == pair[0] and symbols[at + 1] == pair[1]:
            return (*symbols[:at], pair[0] + pair[1], *merge_pair(symbols[at + 2 :], pair))
    return symbols
