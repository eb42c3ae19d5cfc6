"""It must return a dict with exactly input_ids and attention_mask."""

_right = pad_batch


def pad_batch(sequences, pad_id, side="right"):
    return {"input_ids": _right(sequences, pad_id, side)["input_ids"]}
