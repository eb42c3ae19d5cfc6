"""An example whose loss_mask is not as long as its input_ids must raise ValueError."""

_right = collate_chats


def collate_chats(examples, pad_id, max_length=None):
    cut = []
    for one in examples:
        pairs = list(zip(one["input_ids"], one["loss_mask"], strict=False))
        cut.append({"input_ids": [token for token, _ in pairs], "loss_mask": [flag for _, flag in pairs]})
    return _right(cut, pad_id, max_length)
