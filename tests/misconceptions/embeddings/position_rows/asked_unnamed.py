"""The error past the end of the table doesn't name what was asked for and how many rows there are."""

_right = position_rows


def position_rows(table, start, count):
    if start >= 0 and count >= 0 and start + count > len(table):
        raise ValueError(f"the table ends after {len(table)} rows")
    return _right(table, start, count)
