"""Rows of zeros are left out; their cosine is 0, and 0 can be among the largest."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    _right(table, token, k)  # raises what must be raised
    return [one for one in _right(table, token, len(table) - 1) if table[one].any()][:k]
