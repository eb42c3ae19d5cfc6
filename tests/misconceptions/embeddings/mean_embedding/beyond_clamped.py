"""mean_embedding with an id beyond the table must raise IndexError."""

_right = mean_embedding


def mean_embedding(ids, table):
    return _right(ids.clamp(max=len(table) - 1), table)
