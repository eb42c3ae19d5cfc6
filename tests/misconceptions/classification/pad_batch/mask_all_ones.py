"""The mask is 1 everywhere, padding included."""

_right = pad_batch


def pad_batch(sequences, pad_id, side="right"):
    batch = _right(sequences, pad_id, side)
    return {**batch, "attention_mask": torch.ones_like(batch["input_ids"])}
