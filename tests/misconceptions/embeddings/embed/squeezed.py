"""Dimensions of size 1 are dropped; they must stay."""

_right = embed


def embed(ids, table):
    return _right(ids, table).squeeze()
