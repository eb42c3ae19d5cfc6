"""A run becomes one token, however long it is."""

_right = merge_pair


def merge_pair(symbols, pair):
    merged = []
    for token in _right(symbols, pair):
        if merged and pair[0] == pair[1] and set(merged[-1] + token) <= set(pair[0]):
            merged[-1] += token
        else:
            merged.append(token)
    return tuple(merged)
