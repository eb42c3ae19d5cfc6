"""The output has a bias; it has none here."""

_right = input_parameters


def input_parameters(vocab, positions, width, tied=True):
    counts = _right(vocab, positions, width, tied)
    counts["output"] += vocab
    return {**counts, "total": counts["tokens"] + counts["positions"] + counts["output"]}
