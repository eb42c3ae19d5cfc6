"""The farthest come first, or are the ones given."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    return _right(table, token, k)[::-1]
