"""The mean row is taken away first; the rows count as they stand."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    return _right(table - table.mean(dim=0), token, k)
