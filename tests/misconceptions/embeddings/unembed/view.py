"""Tensors that lie transposed in memory are an error: view can't flatten them, reshape and flatten can."""


def unembed(hidden, token_table):
    return (hidden.view(-1, hidden.shape[-1]) @ token_table.T).view(*hidden.shape[:-1], -1)
