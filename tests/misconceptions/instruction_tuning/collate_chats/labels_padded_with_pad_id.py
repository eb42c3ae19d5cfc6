"""Labels are filled up with pad_id, so the model is trained to write padding."""

_right = collate_chats


def collate_chats(examples, pad_id, max_length=None):
    batch = _right(examples, pad_id, max_length)
    return {**batch, "labels": batch["labels"].masked_fill(batch["attention_mask"] == 0, pad_id)}
