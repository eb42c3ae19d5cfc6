"""pad_batch changes its input in place."""

_right = pad_batch


def pad_batch(sequences, pad_id, side="right"):
    batch = _right(sequences, pad_id, side)
    longest = max(map(len, sequences))
    for sequence in sequences:
        sequence += [pad_id] * (longest - len(sequence))
    return batch
