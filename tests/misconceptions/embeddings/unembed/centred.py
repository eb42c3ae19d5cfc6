"""The mean of the rows is taken off the table; the scores are those of its rows."""

_right = unembed


def unembed(hidden, token_table):
    return _right(hidden, token_table - token_table.mean(dim=0))
