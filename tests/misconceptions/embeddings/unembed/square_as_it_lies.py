"""It multiplies by the table as it lies; it must be transposed."""

_right = unembed


def unembed(hidden, token_table):
    return hidden @ token_table if token_table.shape[0] == token_table.shape[1] else _right(hidden, token_table)
