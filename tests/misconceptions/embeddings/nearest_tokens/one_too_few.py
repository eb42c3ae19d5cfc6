"""There is a neighbour too few."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    found = _right(table, token, k)
    return _right(table, token, max(k - 1, 0)) if k else found
