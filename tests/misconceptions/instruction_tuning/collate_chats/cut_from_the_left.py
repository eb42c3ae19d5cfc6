"""The beginning of an example is cut off instead of its end."""

_right = collate_chats


def collate_chats(examples, pad_id, max_length=None):
    _right(examples, pad_id, max_length)
    return _right([{name: values[-(max_length or 0) :] for name, values in one.items()} for one in examples], pad_id)
