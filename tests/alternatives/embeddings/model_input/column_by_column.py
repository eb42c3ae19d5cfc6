"""Goes over columns, each token with its one position, and stacks them."""

import torch


def model_input(ids, token_table, position_table, start=0):
    tokens = embed(ids, token_table)
    places = position_rows(position_table, start, ids.size(-1))
    columns = [token + place for token, place in zip(tokens.unbind(1), places.unbind(0), strict=False)]
    return torch.stack(columns, dim=1) if columns else tokens + places
