"""merge_pair changes its input in place."""

_right = merge_pair


def merge_pair(symbols, pair):
    if isinstance(symbols, tuple):
        return _right(symbols, pair)
    at = 0
    while at < len(symbols) - 1:
        if (symbols[at], symbols[at + 1]) == pair:
            symbols[at : at + 2] = [pair[0] + pair[1]]
        at += 1
    return tuple(symbols)
