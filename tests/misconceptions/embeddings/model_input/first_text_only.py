"""Only the first text gets positions."""


def model_input(ids, token_table, position_table, start=0):
    tokens = embed(ids, token_table)
    rows = position_rows(position_table, start, ids.shape[1])
    return torch.cat([tokens[:1] + rows, tokens[1:]])
