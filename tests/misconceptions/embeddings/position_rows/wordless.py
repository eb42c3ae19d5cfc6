"""raises ValueError without a message; say why."""

_right = position_rows


def position_rows(table, start, count):
    if start + count > len(table):
        raise ValueError
    return _right(table, start, count)
