"""What comes out is in float32; it must have the dtype of what went in."""

_right = position_rows


def position_rows(table, start, count):
    return _right(table, start, count).float()
