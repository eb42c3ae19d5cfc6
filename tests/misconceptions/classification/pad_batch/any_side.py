"""pad_batch with a side that is neither right nor left must raise ValueError."""

also = ("pad_batch with a side in capitals must raise ValueError.",)

_right = pad_batch


def pad_batch(sequences, pad_id, side="right"):
    return _right(sequences, pad_id, "left" if side == "left" else "right")
