"""A count of 0 gives all rows from start on; it gives none."""

_right = position_rows


def position_rows(table, start, count):
    return _right(table, start, count or max(0, len(table) - start))
