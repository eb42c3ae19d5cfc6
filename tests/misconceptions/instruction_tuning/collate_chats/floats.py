"""The batch has dtype float32, not int64."""

_right = collate_chats


def collate_chats(examples, pad_id, max_length=None):
    batch = _right(examples, pad_id, max_length)
    return {**batch, "attention_mask": batch["attention_mask"].float()}
