"""nearest_tokens with a negative k must raise ValueError."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    return _right(table, token, max(k, 0))
