"""The rows are scaled to length 1; they must come out as they stand."""

_right = embed


def embed(ids, table):
    rows = _right(ids, table)
    return rows / rows.norm(dim=-1, keepdim=True)
