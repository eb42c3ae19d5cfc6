"""A word without the pair is an error; it stays as it is."""

_right = merge_pair


def merge_pair(symbols, pair):
    if pair not in zip(symbols, symbols[1:], strict=False):
        raise ValueError("the pair is not there")
    return _right(symbols, pair)
