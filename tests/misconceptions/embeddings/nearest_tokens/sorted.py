"""The neighbours are sorted by id; the nearest must come first."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    return sorted(_right(table, token, k))
