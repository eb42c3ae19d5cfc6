"""Each text begins one position after the text before it; all begin with start."""


def model_input(ids, token_table, position_table, start=0):
    tokens = embed(ids, token_table)
    position_rows(position_table, start, ids.shape[1])
    places = start + torch.arange(len(ids))[:, None] + torch.arange(ids.shape[1])
    return tokens + position_table[places % len(position_table)]
