"""A tied output is counted once more; it is the token table itself."""

_right = input_parameters


def input_parameters(vocab, positions, width, tied=True):
    counts = _right(vocab, positions, width, tied)
    return {**counts, "total": 2 * counts["tokens"] + counts["positions"]}
