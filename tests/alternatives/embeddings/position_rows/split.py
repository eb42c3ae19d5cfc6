"""split, and the middle part."""


def position_rows(table, start, count):
    rest = len(table) - start - count
    if start < 0 or count < 0 or rest < 0:
        raise ValueError(f"{start=} {count=} rows={len(table)}")
    return table.split([start, count, rest])[1]
