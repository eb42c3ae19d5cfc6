"""The total leaves the positions out."""

_right = input_parameters


def input_parameters(vocab, positions, width, tied=True):
    counts = _right(vocab, positions, width, tied)
    return {**counts, "total": counts["total"] - counts["positions"]}
