"""Positions run along the batch; they run along the text."""


def model_input(ids, token_table, position_table, start=0):
    tokens = embed(ids, token_table)
    position_rows(position_table, start, ids.shape[1])
    return tokens + position_table[(start + torch.arange(len(ids))) % len(position_table)][:, None]
