"""The table is reshaped to (D, V), which mixes its rows up; transpose it."""


def unembed(hidden, token_table):
    return hidden @ token_table.reshape(token_table.shape[1], token_table.shape[0])
