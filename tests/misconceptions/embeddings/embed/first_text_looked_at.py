"""embed with a negative id must raise IndexError."""


def embed(ids, table):
    first = ids[:1] if ids.ndim > 1 else ids
    if (first < 0).any() or (first >= len(table)).any():
        raise IndexError(f"ids must be in the table: {first.tolist()}")
    return table[ids]
