"""It fills up further than the longest text of the batch."""

_right = pad_batch


def pad_batch(sequences, pad_id, side="right"):
    batch = _right(sequences, pad_id, side)
    extra = -batch["input_ids"].shape[1] % 8
    sides = (0, extra) if side == "right" else (extra, 0)
    return {
        "input_ids": F.pad(batch["input_ids"], sides, value=pad_id),
        "attention_mask": F.pad(batch["attention_mask"], sides),
    }
