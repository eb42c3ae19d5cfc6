"""Sinusoids are added; the table's own rows are asked for."""

also = ("No gradient reaches the position table; its rows are cut off from it.",)


def model_input(ids, token_table, position_table, start=0):
    tokens = embed(ids, token_table)
    rows = position_rows(position_table, start, ids.shape[1])
    width = tokens.shape[-1]
    waves = sinusoidal_positions(start + len(rows), width + width % 2)[start:, :width]
    return tokens + waves.to(tokens.dtype)
