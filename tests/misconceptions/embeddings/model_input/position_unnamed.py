"""The error past the end of the table doesn't name what was asked for and how many rows there are."""

_right = model_input


def model_input(ids, token_table, position_table, start=0):
    if start + ids.shape[1] > len(position_table):
        raise ValueError("the text is too long")
    return _right(ids, token_table, position_table, start)
