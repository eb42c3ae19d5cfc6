"""The error for a token without a row doesn't name it."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    if not 0 <= token < len(table):
        raise IndexError("no such token")
    return _right(table, token, k)
