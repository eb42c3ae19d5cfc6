"""The two vectors stand side by side in turned order; they are added."""


def model_input(ids, token_table, position_table, start=0):
    tokens = embed(ids, token_table)
    rows = position_rows(position_table, start, ids.shape[1])
    return torch.cat([rows.expand_as(tokens), tokens], dim=-1)
