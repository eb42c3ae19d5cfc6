"""A supervised id of 0 is taken for one that is not supervised."""

_right = collate_chats


def collate_chats(examples, pad_id, max_length=None):
    batch = _right(examples, pad_id, max_length)
    return {**batch, "labels": batch["labels"].masked_fill(batch["labels"] == 0, IGNORE_INDEX)}
