"""pad_batch without any text must raise ValueError."""

_right = pad_batch


def pad_batch(sequences, pad_id, side="right"):
    if side not in ("left", "right"):
        raise ValueError(side)
    if not sequences:
        empty = torch.zeros(0, 0, dtype=torch.long)
        return {"input_ids": empty, "attention_mask": empty.clone()}
    return _right(sequences, pad_id, side)
