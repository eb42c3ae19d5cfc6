"""An example with nothing supervised raises no error; what it can't teach must not go unsaid."""

_right = collate_chats


def collate_chats(examples, pad_id, max_length=None):
    kept = [one for one in examples if any(one["loss_mask"])]
    return _right(kept, pad_id, max_length)
