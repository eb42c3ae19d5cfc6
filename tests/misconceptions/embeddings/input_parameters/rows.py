"""Rows are counted; each holds width numbers."""

_right = input_parameters


def input_parameters(vocab, positions, width, tied=True):
    counts = _right(vocab, positions, width, tied)
    counts = {"tokens": vocab, "positions": positions, "output": 0 if tied else vocab}
    return {**counts, "total": counts["tokens"] + counts["positions"] + counts["output"]}
