"""The table's last row is an error; it is legal."""

_right = position_rows


def position_rows(table, start, count):
    if start + count >= len(table):
        raise ValueError(f"positions {start} to {start + count - 1} of {len(table)} rows")
    return _right(table, start, count)
