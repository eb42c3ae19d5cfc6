"""A list without the pair comes back as a list; it must be a tuple, too."""

_right = merge_pair


def merge_pair(symbols, pair):
    return _right(symbols, pair) if pair in zip(symbols, symbols[1:], strict=False) else symbols
