"""The loss mask is returned as attention mask; the prompt must be attended to."""

_right = collate_chats


def collate_chats(examples, pad_id, max_length=None):
    batch = _right(examples, pad_id, max_length)
    return {**batch, "attention_mask": (batch["labels"] != IGNORE_INDEX).long()}
