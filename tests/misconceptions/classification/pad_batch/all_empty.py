"""A batch of nothing but empty texts is rejected; each of them is a row without tokens."""

_right = pad_batch


def pad_batch(sequences, pad_id, side="right"):
    if not any(sequences):
        raise ValueError("pass at least one token")
    return _right(sequences, pad_id, side)
