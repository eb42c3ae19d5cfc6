"""nearest_tokens with a token without a row must raise IndexError."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    return _right(table, token % len(table) if -len(table) <= token < 0 else token, k)
