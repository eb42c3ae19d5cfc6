"""Every label that equals pad_id is -100, so the end token, which is also the padding, is wiped."""

_right = collate_chats


def collate_chats(examples, pad_id, max_length=None):
    batch = _right(examples, pad_id, max_length)
    return {**batch, "labels": batch["labels"].masked_fill(batch["labels"] == pad_id, IGNORE_INDEX)}
