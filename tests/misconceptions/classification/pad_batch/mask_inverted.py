"""The mask is the wrong way round; 1 stands for a real token."""

_right = pad_batch


def pad_batch(sequences, pad_id, side="right"):
    batch = _right(sequences, pad_id, side)
    return {**batch, "attention_mask": 1 - batch["attention_mask"]}
