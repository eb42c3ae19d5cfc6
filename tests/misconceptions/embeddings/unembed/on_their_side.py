"""The scores lie on their side: (B, T, V) is asked for."""

_right = unembed


def unembed(hidden, token_table):
    scores = _right(hidden, token_table)
    return scores.transpose(-1, -2) if scores.ndim > 1 else scores
