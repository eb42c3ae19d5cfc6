"""vocab and positions have changed places."""

_right = gpt_parameters


def gpt_parameters(vocab, positions, width, layers, tied=True):
    return _right(positions, vocab, width, layers, tied)
