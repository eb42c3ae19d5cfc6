"""The error for an id without a row doesn't name the id."""

_right = model_input


def model_input(ids, token_table, position_table, start=0):
    if ids.numel() and (ids.min() < 0 or ids.max() >= len(token_table)):
        raise IndexError("an id is not in the table")
    return _right(ids, token_table, position_table, start)
