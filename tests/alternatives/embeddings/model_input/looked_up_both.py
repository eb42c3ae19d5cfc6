"""Two lookups, positions repeated for every text."""


def model_input(ids, token_table, position_table, start=0):
    batch, length = ids.shape
    if start < 0 or start + length > len(position_table):
        raise ValueError(f"positions {start} to {start + length - 1}, {len(position_table)} in the table")
    places = torch.arange(start, start + length).expand(batch, length)
    return embed(ids, token_table).add(embed(places, position_table))
