"""Tokens of id 0 get no position, as if they were padding; id 0 is a token like any other."""


def model_input(ids, token_table, position_table, start=0):
    rows = position_rows(position_table, start, ids.shape[1])
    return embed(ids, token_table) + rows * (ids != 0)[..., None]
