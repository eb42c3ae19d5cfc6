"""There is no total."""

_right = input_parameters


def input_parameters(vocab, positions, width, tied=True):
    return {name: count for name, count in _right(vocab, positions, width, tied).items() if name != "total"}
