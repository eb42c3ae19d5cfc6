"""Two calls give different scores: a matrix is drawn, but the table itself is the matrix."""


def unembed(hidden, token_table):
    return torch.nn.functional.linear(hidden, torch.randn_like(token_table))
