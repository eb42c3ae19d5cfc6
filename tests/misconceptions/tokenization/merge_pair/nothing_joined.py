"""The word comes back as it was."""


def merge_pair(symbols, pair):
    return tuple(symbols)
