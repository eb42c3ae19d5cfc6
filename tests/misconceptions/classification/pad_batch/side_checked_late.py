"""An unknown side is noticed only where a text has to be filled up."""

_right = pad_batch


def pad_batch(sequences, pad_id, side="right"):
    if len({len(sequence) for sequence in sequences}) == 1:
        side = "right"
    return _right(sequences, pad_id, side)
