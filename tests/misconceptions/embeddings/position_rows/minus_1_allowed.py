"""position_rows with a negative start must raise ValueError."""

_right = position_rows


def position_rows(table, start, count):
    if start == -1 and count > 0:
        return table[-1:]
    return _right(table, start, count)
