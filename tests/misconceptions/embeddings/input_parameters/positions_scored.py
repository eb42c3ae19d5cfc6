"""The output is counted for the positions too."""

_right = input_parameters


def input_parameters(vocab, positions, width, tied=True):
    counts = _right(vocab, positions, width, tied)
    if not tied:
        counts["output"] += counts["positions"]
    return {**counts, "total": counts["tokens"] + counts["positions"] + counts["output"]}
