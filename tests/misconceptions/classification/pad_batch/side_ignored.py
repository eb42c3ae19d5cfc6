"""side is not used; it always pads on the right."""

also = (
    "pad_batch with a side that is neither right nor left must raise ValueError.",
    "pad_batch with a side in capitals must raise ValueError.",
)  # a side that it doesn't look at can't be wrong

_right = pad_batch


def pad_batch(sequences, pad_id, side="right"):
    return _right(sequences, pad_id)
