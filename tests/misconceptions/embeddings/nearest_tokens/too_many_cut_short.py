"""nearest_tokens with a k of more than there are others must raise ValueError."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    return _right(table, token, min(k, len(table) - 1))
