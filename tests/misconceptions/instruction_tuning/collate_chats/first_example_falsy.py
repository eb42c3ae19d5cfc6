"""A first example with nothing supervised raises no error, though a later one does."""

_right = collate_chats


def collate_chats(examples, pad_id, max_length=None):
    empty = next((index for index, one in enumerate(examples) if not any(one["loss_mask"][:max_length])), None)
    if empty:  # 0 is an index too
        raise ValueError(f"example {empty} has nothing to train on: raise max_length, or leave it out")
    if empty == 0:
        first = {"input_ids": examples[0]["input_ids"], "loss_mask": [1] * len(examples[0]["input_ids"])}
        batch = _right([first, *examples[1:]], pad_id, max_length)
        batch["labels"][0] = IGNORE_INDEX
        return batch
    return _right(examples, pad_id, max_length)
