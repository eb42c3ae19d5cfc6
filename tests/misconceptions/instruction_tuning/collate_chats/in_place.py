"""collate_chats changes its input in place."""

_right = collate_chats


def collate_chats(examples, pad_id, max_length=None):
    batch = _right(examples, pad_id, max_length)
    for one in examples:
        one["input_ids"] += [pad_id] * (batch["input_ids"].shape[1] - len(one["input_ids"]))
    return batch
