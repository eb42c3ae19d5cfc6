"""An error is raised although there are that token and k others."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    if k >= len(table) - 1:
        raise ValueError(f"k={k} is too many")
    return _right(table, token, k)
