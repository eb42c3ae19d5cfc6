"""The error about the side doesn't say what to pass."""

_right = pad_batch


def pad_batch(sequences, pad_id, side="right"):
    if side not in ("right", "left"):
        raise ValueError
    return _right(sequences, pad_id, side)
