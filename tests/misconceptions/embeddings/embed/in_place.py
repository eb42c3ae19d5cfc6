"""embed changes its input in place."""

_right = embed


def embed(ids, table):
    rows = _right(ids, table)
    ids.clamp_(max=0)
    return rows
