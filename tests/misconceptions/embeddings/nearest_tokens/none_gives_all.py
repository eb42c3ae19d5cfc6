"""k = 0 gives neighbours."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    return _right(table, token, k or len(table) - 1)
