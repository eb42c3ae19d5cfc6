"""Dimensions of size 1 are dropped; they must stay."""

_right = unembed


def unembed(hidden, token_table):
    return _right(hidden, token_table).squeeze()
