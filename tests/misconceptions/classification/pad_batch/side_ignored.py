"""side is not used; it always pads on the right."""

_right = pad_batch


def pad_batch(sequences, pad_id, side="right"):
    return _right(sequences, pad_id)
