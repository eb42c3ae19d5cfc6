"""model_input with a negative id must raise IndexError."""


def model_input(ids, token_table, position_table, start=0):
    return token_table[ids] + position_rows(position_table, start, ids.shape[1])
