"""The table of an earlier call is used."""

_right, _tables = nearest_tokens, {}


def nearest_tokens(table, token, k):
    return _right(_tables.setdefault((table.shape, token), table), token, k)
