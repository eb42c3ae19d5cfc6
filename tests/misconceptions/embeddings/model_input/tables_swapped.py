"""The two tables have changed places."""


def model_input(ids, token_table, position_table, start=0):
    embed(ids, token_table)
    position_rows(position_table, start, ids.shape[1])
    return (
        position_table[ids % len(position_table)] + token_table[(start + torch.arange(ids.shape[1])) % len(token_table)]
    )
