"""The ids are padded on the left, the mask on the right."""

_right = pad_batch


def pad_batch(sequences, pad_id, side="right"):
    return {**_right(sequences, pad_id, side), "attention_mask": _right(sequences, pad_id)["attention_mask"]}
