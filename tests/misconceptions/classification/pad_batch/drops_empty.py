"""Empty texts are dropped; each must have its row."""

also = (
    "A batch of nothing but empty texts is rejected; each of them is a row without tokens.",
)  # no row is left of it

_right = pad_batch


def pad_batch(sequences, pad_id, side="right"):
    return _right([sequence for sequence in sequences if sequence], pad_id, side)
