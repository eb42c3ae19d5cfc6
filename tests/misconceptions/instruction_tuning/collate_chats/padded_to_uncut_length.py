"""Padding goes to the length that the longest example had before cutting."""

_right = collate_chats


def collate_chats(examples, pad_id, max_length=None):
    batch = _right(examples, pad_id, max_length)
    room = max(len(one["input_ids"]) for one in examples) - batch["input_ids"].shape[1]
    fill = {"input_ids": pad_id, "attention_mask": 0, "labels": IGNORE_INDEX}
    return {name: torch.nn.functional.pad(rows, (0, room), value=fill[name]) for name, rows in batch.items()}
