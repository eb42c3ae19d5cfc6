"""There is a dimension too many in front."""

_right = position_rows


def position_rows(table, start, count):
    return _right(table, start, count)[None]
