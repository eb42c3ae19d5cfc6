"""Token 0 is taken for padding; it is a token like any other."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    _right(table, token, k)  # raises what must be raised
    return [one for one in _right(table, token, len(table) - 1) if one][:k]
