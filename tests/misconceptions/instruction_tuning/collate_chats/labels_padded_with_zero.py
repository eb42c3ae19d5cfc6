"""Labels are filled up with 0, which is a token."""

_right = collate_chats


def collate_chats(examples, pad_id, max_length=None):
    batch = _right(examples, pad_id, max_length)
    return {**batch, "labels": batch["labels"].masked_fill(batch["attention_mask"] == 0, 0)}
