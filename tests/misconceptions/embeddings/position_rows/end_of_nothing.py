"""position_rows past the end of the table must raise ValueError."""

_right = position_rows


def position_rows(table, start, count):
    if count == 0 and start > 0:
        return table[:0]
    return _right(table, start, count)
