"""No gradient reaches row 0, as if id 0 were padding; it is a token like any other."""

_right = embed


def embed(ids, table):
    _right(ids, table)  # raises what must be raised
    return F.embedding(ids, table, padding_idx=0)
