"""position_rows past the end of the table must raise ValueError."""

_right = position_rows


def position_rows(table, start, count):
    if start + count > len(table):
        raise IndexError(f"positions {start} to {start + count - 1} of {len(table)} rows")
    return _right(table, start, count)
