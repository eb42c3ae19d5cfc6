"""count is taken for the end; it says how many rows there are."""

_right = position_rows


def position_rows(table, start, count):
    _right(table, start, count)
    return table[start:count]
