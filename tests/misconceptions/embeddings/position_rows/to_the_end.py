"""The last rows of the table are given; they begin with start."""

_right = position_rows


def position_rows(table, start, count):
    _right(table, start, count)
    return table[start:]
