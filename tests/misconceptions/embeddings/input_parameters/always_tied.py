"""The output is 0 although it isn't tied."""

_right = input_parameters


def input_parameters(vocab, positions, width, tied=True):
    counts = _right(vocab, positions, width, tied)
    counts["output"] = 0
    return {**counts, "total": counts["tokens"] + counts["positions"] + counts["output"]}
