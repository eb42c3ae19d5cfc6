"""What comes out is in float32; it must have the dtype of what went in."""

_right = model_input


def model_input(ids, token_table, position_table, start=0):
    return _right(ids, token_table, position_table, start).float()
