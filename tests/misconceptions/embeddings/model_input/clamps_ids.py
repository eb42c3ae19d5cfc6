"""model_input with an id beyond the table must raise IndexError."""

_right = model_input


def model_input(ids, token_table, position_table, start=0):
    return _right(ids.clamp(max=len(token_table) - 1), token_table, position_table, start)
