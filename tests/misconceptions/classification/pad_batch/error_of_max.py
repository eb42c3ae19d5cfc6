"""The error for no text at all doesn't say what to pass."""

_right = pad_batch


def pad_batch(sequences, pad_id, side="right"):
    max(len(sequence) for sequence in sequences)
    return _right(sequences, pad_id, side)
