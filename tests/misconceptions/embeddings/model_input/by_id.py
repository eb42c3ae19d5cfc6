"""The position's row is looked up by the token's id; where it stands is what counts."""


def model_input(ids, token_table, position_table, start=0):
    tokens = embed(ids, token_table)
    position_rows(position_table, start, ids.shape[1])
    return tokens + position_table[ids % len(position_table)]
