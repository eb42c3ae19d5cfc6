"""Rows are padded to max_length instead of the longest example."""

_right = collate_chats


def collate_chats(examples, pad_id, max_length=None):
    batch = _right(examples, pad_id, max_length)
    room = max((max_length or 0) - batch["input_ids"].shape[1], 0)
    fill = {"input_ids": pad_id, "attention_mask": 0, "labels": IGNORE_INDEX}
    return {name: torch.nn.functional.pad(rows, (0, room), value=fill[name]) for name, rows in batch.items()}
