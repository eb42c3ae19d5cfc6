"""An error is raised although there are that token and k others."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    if not token:
        raise IndexError(f"token {token} has no row")
    return _right(table, token, k)
