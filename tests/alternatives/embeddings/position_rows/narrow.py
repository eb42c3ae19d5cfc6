"""narrow; a sentence for each error."""


def position_rows(table, start, count):
    rows = table.size(0)
    if start < 0:
        raise ValueError("positions begin with 0")
    if count < 0:
        raise ValueError("count is negative")
    if start + count > rows:
        raise ValueError(f"need row {start + count - 1}, there are {rows}")
    return table.narrow(0, start, count)
