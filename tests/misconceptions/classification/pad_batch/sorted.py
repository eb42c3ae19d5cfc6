"""The rows come back sorted by length; they must stay in the order of the texts."""

_right = pad_batch


def pad_batch(sequences, pad_id, side="right"):
    return _right(sorted(sequences, key=len, reverse=True), pad_id, side)
