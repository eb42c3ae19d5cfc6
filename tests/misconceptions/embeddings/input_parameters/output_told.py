"""A tied output has no numbers of its own, also where the total leaves it out."""

_right = input_parameters


def input_parameters(vocab, positions, width, tied=True):
    return {**_right(vocab, positions, width, tied), "output": vocab * width}
