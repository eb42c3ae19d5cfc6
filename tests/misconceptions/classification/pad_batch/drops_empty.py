"""Empty texts are dropped; each must have its row."""

_right = pad_batch


def pad_batch(sequences, pad_id, side="right"):
    return _right([sequence for sequence in sequences if sequence], pad_id, side)
