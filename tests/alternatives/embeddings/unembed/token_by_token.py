"""A column for each token."""


def unembed(hidden, token_table):
    return torch.stack([(hidden * row).sum(dim=-1) for row in token_table], dim=-1)
