"""The rows come in reversed order."""

_right = position_rows


def position_rows(table, start, count):
    return _right(table, start, count).flip(0)
