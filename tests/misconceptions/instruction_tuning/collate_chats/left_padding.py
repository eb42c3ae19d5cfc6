"""Padding is on the left; here it is on the right."""

_right = collate_chats


def collate_chats(examples, pad_id, max_length=None):
    backwards = [{name: values[:max_length][::-1] for name, values in one.items()} for one in examples]
    return {name: rows.flip(1) for name, rows in _right(backwards, pad_id).items()}
