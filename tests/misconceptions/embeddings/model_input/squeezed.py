"""Dimensions of size 1 are dropped; they must stay."""

_right = model_input


def model_input(ids, token_table, position_table, start=0):
    return _right(ids, token_table, position_table, start).squeeze()
