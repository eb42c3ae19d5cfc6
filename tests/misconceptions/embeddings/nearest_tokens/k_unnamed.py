"""The error for more neighbours than there are doesn't name k."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    if 0 <= token < len(table) and not 0 <= k < len(table):
        raise ValueError("there are not as many tokens")
    return _right(table, token, k)
