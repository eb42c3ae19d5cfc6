"""No rows at all are an error; a count of 0 is legal."""

_right = position_rows


def position_rows(table, start, count):
    if count < 1:
        raise ValueError(f"count={count}: pass 1 or more")
    return _right(table, start, count)
