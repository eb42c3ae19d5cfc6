"""model_input past the end of the table must raise ValueError."""

_right = model_input


def model_input(ids, token_table, position_table, start=0):
    return _right(ids[:, : len(position_table) - start], token_table, position_table, start)
