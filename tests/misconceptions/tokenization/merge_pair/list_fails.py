"""A list of tokens is an error; symbols may be a tuple or a list."""

_right = merge_pair


def merge_pair(symbols, pair):
    symbols = symbols + ()
    return _right(symbols, pair)
