"""The tokens' rows are multiplied by the root of D; they are added as they stand."""


def model_input(ids, token_table, position_table, start=0):
    tokens = embed(ids, token_table)
    rows = position_rows(position_table, start, ids.shape[1])
    return tokens * token_table.shape[1] ** 0.5 + rows
