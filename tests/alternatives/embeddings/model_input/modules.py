"""nn.Embedding modules that hold the tables."""


def model_input(ids, token_table, position_table, start=0):
    position_rows(position_table, start, ids.shape[1]), embed(ids, token_table)  # raise what is to be raised
    tokens = torch.nn.functional.embedding(ids, token_table)
    positions = torch.nn.functional.embedding(start + torch.arange(ids.shape[-1]), position_table)
    return tokens + positions[None, :, :]
