"""The rows begin one too late."""

_right = position_rows


def position_rows(table, start, count):
    _right(table, start, count)
    return table[start + 1 : start + count + 1]
