"""raises IndexError without a message; say why."""

_right = embed


def embed(ids, table):
    if (ids < 0).any() or (ids >= len(table)).any():
        raise IndexError
    return _right(ids, table)
