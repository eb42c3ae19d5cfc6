"""Text by text."""


def model_input(ids, token_table, position_table, start=0):
    rows = position_rows(position_table, start, ids.size(1))
    return torch.stack([rows + embed(text, token_table) for text in ids])
