"""The gradient of a row stands in its first column alone; each number has its own."""

_right = embed


def embed(ids, table):
    rows = _right(ids, table)
    first = rows
    return rows.detach() + (first - first.detach())[..., :1]
