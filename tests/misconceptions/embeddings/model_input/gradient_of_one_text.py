"""Only one text passes a gradient on to the positions; all that stand there do."""


def model_input(ids, token_table, position_table, start=0):
    tokens = embed(ids, token_table)
    rows = position_rows(position_table, start, ids.shape[1])
    return tokens + torch.stack([rows, *[rows.detach()] * (len(ids) - 1)])
