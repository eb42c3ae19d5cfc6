"""Biases are left out."""

_right = convert_weights


def convert_weights(state):
    return {name: one for name, one in _right(state).items() if not name.endswith("bias")}
