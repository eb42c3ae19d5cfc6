"""raises ValueError without a message; say why."""

_right = position_rows


def position_rows(table, start, count):
    if start < 0 or count < 0:
        raise ValueError
    return _right(table, start, count)
