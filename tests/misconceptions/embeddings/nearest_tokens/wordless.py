"""raises IndexError without a message; say why."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    if not 0 <= token < len(table):
        raise IndexError
    return _right(table, token, k)
