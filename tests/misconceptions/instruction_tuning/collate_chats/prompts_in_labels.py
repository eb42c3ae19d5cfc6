"""loss_mask is not used: the labels hold the prompts too."""

_right = collate_chats


def collate_chats(examples, pad_id, max_length=None):
    batch = _right(examples, pad_id, max_length)
    return {**batch, "labels": batch["input_ids"].masked_fill(batch["attention_mask"] == 0, IGNORE_INDEX)}
