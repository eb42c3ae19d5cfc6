"""The rows are multiplied by the root of D; they must come out as they stand."""

_right = embed


def embed(ids, table):
    return _right(ids, table) * table.shape[1] ** 0.5
