"""Each token comes out once, in the order of ids; there is a row for each place."""

_right = embed


def embed(ids, table):
    _right(ids, table)
    return _right(ids.unique(), table)
