"""The mask has another dtype than int64."""

_right = pad_batch


def pad_batch(sequences, pad_id, side="right"):
    batch = _right(sequences, pad_id, side)
    return {**batch, "attention_mask": batch["attention_mask"].bool()}
