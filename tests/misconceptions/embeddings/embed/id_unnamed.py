"""The error for an id without a row doesn't name the id."""

_right = embed


def embed(ids, table):
    if (ids < 0).any() or (ids >= len(table)).any():
        raise IndexError(f"ids must be from 0 to {len(table) - 1}")
    return _right(ids, table)
