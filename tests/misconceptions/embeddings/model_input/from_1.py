"""Positions are counted from 1; the first column has position start."""


def model_input(ids, token_table, position_table, start=0):
    tokens = embed(ids, token_table)
    position_rows(position_table, start, ids.shape[1])
    return tokens + position_table[(start + 1 + torch.arange(ids.shape[1])) % len(position_table)]
