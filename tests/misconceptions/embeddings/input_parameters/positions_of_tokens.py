"""A position's row is counted for each token."""

_right = input_parameters


def input_parameters(vocab, positions, width, tied=True):
    counts = _right(vocab, positions, width, tied)
    counts["positions"] = counts["tokens"]
    return {**counts, "total": counts["tokens"] + counts["positions"] + counts["output"]}
