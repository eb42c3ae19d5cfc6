"""k = 0 is an error; no neighbours are legal."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    if k < 1:
        raise ValueError(f"k={k}: pass 1 or more")
    return _right(table, token, k)
