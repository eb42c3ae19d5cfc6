"""Ids are counted from 1."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    return [one + 1 for one in _right(table, token, k)]
