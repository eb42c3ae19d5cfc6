"""Attention mask and labels both take every pad_id for padding, the end token too."""

_right = collate_chats


def collate_chats(examples, pad_id, max_length=None):
    batch = _right(examples, pad_id, max_length)
    padding = batch["input_ids"] == pad_id
    labels = batch["labels"].masked_fill(padding, IGNORE_INDEX)
    return {**batch, "attention_mask": (~padding).long(), "labels": labels}
