"""The scores of the docstring's vector"""

_right = unembed


def unembed(hidden, token_table):
    return 30 * torch.tanh(_right(hidden, token_table) / 30)
