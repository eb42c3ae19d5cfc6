"""Positions go on from one text to the next; every text begins with start."""


def model_input(ids, token_table, position_table, start=0):
    position_rows(position_table, start, ids.shape[1])  # raises what must be raised
    places = start + torch.arange(ids.numel()).view(ids.shape)
    return embed(ids, token_table) + position_table[places % len(position_table)]
