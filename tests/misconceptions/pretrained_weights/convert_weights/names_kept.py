"""The names are left as the checkpoint spells them."""

_right = convert_weights


def convert_weights(state):
    right = _right(state)
    return {name: right[canonical_name(name)] for name in state if canonical_name(name)}
