"""It fills up with 0 instead of pad_id."""

_right = pad_batch


def pad_batch(sequences, pad_id, side="right"):
    return _right(sequences, 0, side)
