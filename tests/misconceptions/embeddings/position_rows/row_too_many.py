"""There is a row too many."""

_right = position_rows


def position_rows(table, start, count):
    _right(table, start, count)
    return table[start : start + count + 1]
