"""position_rows changes its input in place."""

_right = position_rows


def position_rows(table, start, count):
    rows = _right(table, start, count).clone()
    table[start : start + count] *= 0.5
    return rows
