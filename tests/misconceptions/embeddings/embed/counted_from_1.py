"""Ids are counted from 1; row 0 is that of id 0."""

_right = embed


def embed(ids, table):
    _right(ids, table)
    return _right((ids - 1) % len(table), table)
