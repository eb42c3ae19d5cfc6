"""nearest_tokens with a negative k must raise ValueError."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    return _right(table, token, len(table) - 1)[:k] if -len(table) < k < 0 else _right(table, token, k)
