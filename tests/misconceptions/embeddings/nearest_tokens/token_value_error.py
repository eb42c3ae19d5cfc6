"""nearest_tokens with a token without a row must raise IndexError."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    if not 0 <= token < len(table):
        raise ValueError(f"token {token} has no row")
    return _right(table, token, k)
