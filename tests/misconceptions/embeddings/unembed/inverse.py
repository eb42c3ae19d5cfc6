"""The scores of the docstring's vector"""


def unembed(hidden, token_table):
    return hidden @ torch.linalg.pinv(token_table.float()).to(hidden.dtype)
