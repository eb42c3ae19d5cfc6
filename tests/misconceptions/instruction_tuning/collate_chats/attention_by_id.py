"""The attention mask is ids != pad_id, so an end token in the text is not attended to."""

_right = collate_chats


def collate_chats(examples, pad_id, max_length=None):
    batch = _right(examples, pad_id, max_length)
    return {**batch, "attention_mask": (batch["input_ids"] != pad_id).long()}
