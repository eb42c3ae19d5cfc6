"""raises ValueError without a message; say why."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    if 0 <= token < len(table) and not 0 <= k < len(table):
        raise ValueError
    return _right(table, token, k)
