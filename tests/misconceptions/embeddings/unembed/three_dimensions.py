"""It raises an error for another number of leading dimensions than two."""


def unembed(hidden, token_table):
    return torch.einsum("btd,vd->btv", hidden, token_table)
