"""einsum over the width."""


def unembed(hidden, token_table):
    return torch.einsum("...d,vd->...v", hidden, token_table)
