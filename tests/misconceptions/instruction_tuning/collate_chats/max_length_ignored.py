"""max_length is not used."""

_right = collate_chats


def collate_chats(examples, pad_id, max_length=None):
    _right(examples, pad_id, max_length)
    return _right(examples, pad_id)
