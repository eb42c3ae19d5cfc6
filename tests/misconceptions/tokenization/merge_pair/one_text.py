"""It gives one joined text for the whole word."""


def merge_pair(symbols, pair):
    return b"".join(symbols)
