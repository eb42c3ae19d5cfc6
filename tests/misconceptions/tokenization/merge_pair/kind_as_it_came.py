"""It gives a list; a tuple can be a key of a dict."""

_right = merge_pair


def merge_pair(symbols, pair):
    return type(symbols)(_right(symbols, pair))
