"""There is a row too few."""

_right = position_rows


def position_rows(table, start, count):
    rows = _right(table, start, count)
    return table[start : start + count - 1] if count else rows
