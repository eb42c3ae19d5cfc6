"""It rejects an example that keeps a part of its reply after cutting."""

_right = collate_chats


def collate_chats(examples, pad_id, max_length=None):
    for index, one in enumerate(examples):
        if max_length is not None and any(one["loss_mask"][max_length:]):
            raise ValueError(f"example {index} is too long")
    return _right(examples, pad_id, max_length)
