"""start is not used; positions begin with 0."""


def model_input(ids, token_table, position_table, start=0):
    tokens = embed(ids, token_table)
    position_rows(position_table, start, ids.shape[1])
    return tokens + position_table[: ids.shape[1]]
