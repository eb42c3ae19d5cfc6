"""One row is given for all positions."""

_right = position_rows


def position_rows(table, start, count):
    rows = _right(table, start, count)
    return table[start].expand(count, -1) if count else rows
