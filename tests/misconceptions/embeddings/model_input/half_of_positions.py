"""The position's row is scaled; it is added as it stands."""


def model_input(ids, token_table, position_table, start=0):
    tokens = embed(ids, token_table)
    rows = position_rows(position_table, start, ids.shape[1])
    return tokens + 0.9 * rows
