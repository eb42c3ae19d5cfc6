"""nearest_tokens with a token without a row must raise IndexError."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    return _right(table, min(max(token, 0), len(table) - 1), k)
