"""The batch is flattened; the shape of ids must stay, with D behind it."""

_right = embed


def embed(ids, table):
    return _right(ids.flatten(), table)
