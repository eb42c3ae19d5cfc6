"""IndexError is raised although every id has a row."""

_right = embed


def embed(ids, table):
    if (ids >= len(table) - 1).any():
        raise IndexError(f"ids {ids.tolist()} are not in the table")
    return _right(ids, table)
