"""The token table is taken for square."""

_right = input_parameters


def input_parameters(vocab, positions, width, tied=True):
    counts = _right(vocab, positions, width, tied)
    counts["tokens"] = vocab * vocab
    return {**counts, "total": counts["tokens"] + counts["positions"] + counts["output"]}
