"""One id less than max_length is kept."""

_right = collate_chats


def collate_chats(examples, pad_id, max_length=None):
    _right(examples, pad_id, max_length)
    return _right(examples, pad_id, max_length and max_length - 1)
