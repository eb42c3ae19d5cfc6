"""The batch is flattened; the leading dimensions must stay."""

_right = unembed


def unembed(hidden, token_table):
    return _right(hidden.reshape(-1, hidden.shape[-1]), token_table)
