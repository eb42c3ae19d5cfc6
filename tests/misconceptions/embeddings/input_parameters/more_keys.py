"""There are no keys but those four."""

_right = input_parameters


def input_parameters(vocab, positions, width, tied=True):
    return {**_right(vocab, positions, width, tied), "tied": tied}
