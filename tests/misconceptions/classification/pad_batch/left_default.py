"""It pads on the left when nothing is said about the side."""

_right = pad_batch


def pad_batch(sequences, pad_id, side="left"):
    return _right(sequences, pad_id, side)
