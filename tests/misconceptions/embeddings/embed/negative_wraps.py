"""embed with a negative id must raise IndexError."""


def embed(ids, table):
    return table[ids]
