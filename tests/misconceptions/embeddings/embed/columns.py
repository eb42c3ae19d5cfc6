"""It picks columns of the table; a token is a row."""

_right = embed


def embed(ids, table):
    _right(ids, table)
    return table.T[ids.remainder(table.shape[1])]
