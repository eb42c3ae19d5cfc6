"""No rows at all are an error; a count of 0 is legal."""

_right = position_rows


def position_rows(table, start, count):
    if not 0 <= start < len(table):
        raise ValueError(f"positions {start} to {start + count - 1} of {len(table)} rows")
    return _right(table, start, count)
