"""There is a neighbour too many."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    return _right(table, token, k + 1) if 0 < k + 1 < len(table) else _right(table, token, k)
