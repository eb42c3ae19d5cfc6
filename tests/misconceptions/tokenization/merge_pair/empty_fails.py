"""A word without the pair is an error; it stays as it is."""

_right = merge_pair


def merge_pair(symbols, pair):
    first, *rest = symbols
    return _right((first, *rest), pair)
