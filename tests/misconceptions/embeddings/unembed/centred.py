"""The scores of the docstring's vector"""

_right = unembed


def unembed(hidden, token_table):
    return _right(hidden, token_table - token_table.mean(dim=0))
