"""embed with a negative id must raise IndexError."""

_right = embed


def embed(ids, table):
    if (ids < 0).any() or (ids >= len(table)).any():
        raise ValueError(f"ids must be in the table: {ids.tolist()}")
    return _right(ids, table)
