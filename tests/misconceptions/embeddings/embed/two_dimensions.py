"""It raises an error for ids of another shape than two dimensions with entries."""

_right = embed


def embed(ids, table):
    batch, length = ids.shape
    return _right(ids, table).view(batch, length, -1)
